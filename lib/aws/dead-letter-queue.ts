import { DeleteMessageBatchCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { Retryable } from '../domain/errors.ts';
import type { DeadLetterQueue } from '../ports.ts';
import { translated } from './errors.ts';

/** SQS: messages a call. */
const BATCH_MESSAGES = 10;

/** A dead-letter queue of SQS. Asked without waiting: a long poll would be paid for by the second, and what a short one misses is there the next time. */
export function sqsDeadLetterQueue(client: SQSClient, url: string): DeadLetterQueue {
  return {
    take: async () => {
      const command = new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: BATCH_MESSAGES });
      const { Messages = [] } = await translated('receive dead letters', () => client.send(command));
      return Messages.map(({ Body = '', ReceiptHandle = '' }) => ({ body: Body, receipt: ReceiptHandle }));
    },
    remove: async (letters) => {
      if (letters.length === 0) return;
      const Entries = letters.map(({ receipt }, index) => ({ Id: String(index), ReceiptHandle: receipt }));
      const command = new DeleteMessageBatchCommand({ QueueUrl: url, Entries });
      const { Failed = [] } = await translated('delete dead letters', () => client.send(command));
      if (Failed.length > 0)
        throw new Retryable('queue-unavailable', `delete dead letters: ${Failed[0]?.Code ?? 'failed'}`);
    },
  };
}
