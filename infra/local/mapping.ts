import { setTimeout as sleep } from 'node:timers/promises';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import type { FunctionPool } from './function-pool.ts';
import { queueArn, queueUrl } from './queues.ts';
import type { Outcome } from './runtime-api.ts';
import { localRegion } from './signature.ts';

export interface MappingOptions {
  readonly sqs: SQSClient;
  readonly endpoint: string;
  readonly queue: string;
  readonly pool: FunctionPool;
  readonly batch: number;
  readonly windowSeconds: number;
  readonly concurrency: number;
}

const batchResponseSchema = z
  .object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish() })
  .nullish();

/** The SQS API's own bounds of one receive. */
const maxReceive = 10;
const longPollSeconds = 20;

/**
 * A queue's event source mapping: batches go to the function, messages it names as failed (or all, when it did not
 * answer) come back, the others are deleted. Unlike in AWS a failed message does not wait out its visibility timeout:
 * after a death it is visible again at once, after a failure that the function named, after a short pause.
 */
export function startMapping(options: MappingOptions) {
  const { sqs, pool, queue } = options;
  const url = queueUrl(options.endpoint, queue);
  const stopping = new AbortController();
  // A loop for each process that could take a batch, so that no message is held by a batch without one.
  const loops = Array.from({ length: Math.min(options.concurrency, pool.processes) }, () => poll());

  async function poll(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const messages = await collect();
        if (messages.length > 0) await handle(messages);
      } catch (error) {
        if (stopping.signal.aborted) return;
        pool.log.line(`${pool.name}: polling ${queue}: ${error instanceof Error ? error.message : 'failed'}`);
        await sleep(1_000, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  }

  async function collect(): Promise<Message[]> {
    const messages = await receive(Math.min(options.batch, maxReceive), longPollSeconds);
    const until = Date.now() + options.windowSeconds * 1000;
    while (messages.length > 0 && messages.length < options.batch && Date.now() < until) {
      const wait = Math.min(Math.max(Math.ceil((until - Date.now()) / 1000), 0), longPollSeconds);
      messages.push(...(await receive(Math.min(options.batch - messages.length, maxReceive), wait)));
    }
    return messages;
  }

  async function receive(count: number, waitSeconds: number): Promise<Message[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: count,
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    });
    const { Messages = [] } = await sqs.send(command, { abortSignal: stopping.signal });
    return Messages;
  }

  async function handle(messages: readonly Message[]): Promise<void> {
    const outcome = await pool.invoke(JSON.stringify({ Records: messages.map((message) => toRecord(message, queue)) }));
    const failed = failedIds(outcome, messages);
    await remove(messages.filter(({ MessageId = '' }) => !failed.has(MessageId)));
    for (const message of messages) {
      if (failed.has(message.MessageId ?? '')) await returnMessage(message, outcome);
    }
  }

  async function remove(messages: readonly Message[]): Promise<void> {
    for (let start = 0; start < messages.length; start += maxReceive) {
      const Entries = messages
        .slice(start, start + maxReceive)
        .map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
    }
  }

  async function returnMessage(message: Message, outcome: Outcome): Promise<void> {
    const seconds = pauseSeconds(outcome, receives(message));
    const { ReceiptHandle } = message;
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: seconds }));
  }

  return {
    /** Takes no more messages; what is being handled is let finish, unless the function's processes are ended. */
    stop: () => stopping.abort(),
    stopped: () => Promise.all(loops),
  };
}
export type Mapping = ReturnType<typeof startMapping>;

const receives = ({ Attributes }: Message) => Number(Attributes?.ApproximateReceiveCount ?? 1);

function pauseSeconds(outcome: Outcome, count: number): number {
  const died = !outcome.ok && (outcome.error === 'crashed' || outcome.error === 'timed-out');
  return died ? 0 : Math.min(2 ** (count - 1), 30);
}

/** As Lambda reads a batch response: an id that is none of ours makes the whole batch a failure. */
function failedIds(outcome: Outcome, messages: readonly Message[]): ReadonlySet<string> {
  const all = new Set(messages.map(({ MessageId = '' }) => MessageId));
  if (!outcome.ok) return all;
  const response = batchResponseSchema.safeParse(JSON.parse(outcome.body));
  if (!response.success) return all;
  const named = (response.data?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier);
  return named.every((id) => all.has(id)) ? new Set(named) : all;
}

function toRecord(message: Message, queue: string): SQSRecord {
  const { MessageId = '', ReceiptHandle = '', Body = '', MD5OfBody = '', Attributes = {} } = message;
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: {
      ...Attributes,
      ApproximateReceiveCount: String(receives(message)),
      SentTimestamp: Attributes.SentTimestamp ?? '0',
      SenderId: Attributes.SenderId ?? 'local',
      ApproximateFirstReceiveTimestamp: Attributes.ApproximateFirstReceiveTimestamp ?? '0',
    },
    messageAttributes: {},
    md5OfBody: MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn(queue),
    awsRegion: localRegion,
  };
}
