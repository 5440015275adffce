import { setTimeout as wait } from 'node:timers/promises';
import { SendMessageBatchCommand, type SendMessageBatchRequestEntry, type SQSClient } from '@aws-sdk/client-sqs';
import { Fault, Retryable } from '../domain/errors.ts';
import type { Queue } from '../ports.ts';
import { translated } from './errors.ts';

/** SQS: 10 messages and 1 MiB a call, all bodies together; a margin for what the service adds. */
const BATCH_MESSAGES = 10;
const BATCH_BYTES = 1_000_000;
const ATTEMPTS = 5;

/** JSON bodies to one SQS queue. `fair`: messages carry their group, so that SQS serves the groups in turn. */
export function sqsQueue<Body>(client: SQSClient, url: string, options: { fair: boolean }): Queue<Body> {
  return {
    send: async (bodies, { group, delaySeconds } = {}) => {
      const common = { DelaySeconds: delaySeconds, MessageGroupId: options.fair ? group : undefined };
      for (const batch of batchesOf(bodies.map((body) => JSON.stringify(body)))) {
        const entries = batch.map((MessageBody, index) => ({ Id: String(index), MessageBody, ...common }));
        await sendBatch(client, url, entries, 1);
      }
    },
  };
}

/** In order, each batch within both of SQS's bounds. */
export function batchesOf(bodies: readonly string[]): string[][] {
  const batches: string[][] = [];
  let bytes = 0;
  for (const body of bodies) {
    const size = Buffer.byteLength(body);
    if (size > BATCH_BYTES) throw new Fault('message-too-large', `a message of ${size} bytes does not fit the queue`);
    const open = batches.at(-1);
    if (open === undefined || open.length === BATCH_MESSAGES || bytes + size > BATCH_BYTES) {
      batches.push([body]);
      bytes = size;
    } else {
      open.push(body);
      bytes += size;
    }
  }
  return batches;
}

async function sendBatch(
  client: SQSClient,
  url: string,
  entries: SendMessageBatchRequestEntry[],
  attempt: number,
): Promise<void> {
  const { Failed = [] } = await translated('send messages', () =>
    client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: entries })),
  );
  if (Failed.length === 0) return;
  const refused = Failed.find(({ SenderFault }) => SenderFault);
  if (refused !== undefined) throw new Fault('message-refused', `send messages: ${refused.Code ?? 'refused'}`);
  if (attempt === ATTEMPTS) throw new Retryable('queue-unavailable', `send messages: ${Failed[0]?.Code ?? 'failed'}`);
  await wait(2 ** attempt * 25);
  const failed = new Set(Failed.map(({ Id }) => Id));
  await sendBatch(
    client,
    url,
    entries.filter(({ Id }) => failed.has(Id)),
    attempt + 1,
  );
}
