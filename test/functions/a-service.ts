import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteMessageCommand, type Message, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { APIGatewayProxyResult, Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { vi } from 'vitest';
import { startEmulators } from '../../infra/local/emulators.ts';
import { functionEnvironment } from '../../infra/local/environment.ts';
import { type JobFinished, serveEvents } from '../../infra/local/event-bus.ts';
import { queueUrl } from '../../infra/local/queues.ts';
import { openClients } from '../../lib/aws/clients.ts';
import { dynamoJobStore } from '../../lib/aws/job-store.ts';
import { dynamoKeyStore } from '../../lib/aws/key-store.ts';
import { s3ObjectStore } from '../../lib/aws/object-store.ts';
import { aContext } from '../factories/api.ts';
import { anSqsRecord } from '../factories/events.ts';

type QueueHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/**
 * The laptop's S3, SQS, DynamoDB and event bus for the tests of one file, with the environment that every handler reads
 * set to them and to `settings`. The handlers themselves are imported by the test: they read it at their first event.
 */
export async function startService(settings: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'logsieve-functions-'));
  const announced: JobFinished[] = [];
  const emulators = await startEmulators({
    folder,
    port: 0,
    now: Date.now,
    serveInvoke: (_request, response) => response.writeHead(404).end(),
    serveEvents: serveEvents((job) => announced.push(job)),
  });
  const { endpoint } = emulators;
  const passedOn = { ...settings };
  Object.assign(
    process.env,
    functionEnvironment('classify-http', { endpoint, inferenceThreads: 1, passedOn }),
    settings,
  );
  const logged = captureLog();
  const clients = openClients({ pathStyle: true });
  const clock = { now: () => new Date() };
  return {
    /** `JobFinished` events so far. */
    announced,
    /** Lines that the functions have logged so far. */
    logged,
    jobs: dynamoJobStore(clients.dynamo, 'jobs', clock),
    keys: dynamoKeyStore(clients.dynamo, 'access', clock),
    objects: s3ObjectStore(clients.s3),
    /** Messages of a queue, at most ten, taken off it. */
    async take(queue: string): Promise<readonly string[]> {
      const messages = await receive(clients, endpoint, queue);
      for (const message of messages) await remove(clients, endpoint, queue, message);
      return messages.map(({ Body = '' }) => Body);
    },
    async send(queue: string, body: string): Promise<void> {
      await clients.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl(endpoint, queue), MessageBody: body }));
    },
    /** Gives a queue's messages to its handler, batch by batch, until none is visible. Those that it returns stay. */
    async deliver(queue: string, handler: QueueHandler, context: Context = aContext()): Promise<number> {
      for (let delivered = 0; ; ) {
        const messages = await receive(clients, endpoint, queue);
        if (messages.length === 0) return delivered;
        const { batchItemFailures } = await handler({ Records: messages.map(messageToRecord) }, context);
        const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
        for (const message of messages)
          if (!failed.has(message.MessageId ?? '')) await remove(clients, endpoint, queue, message);
        delivered += messages.length;
      }
    },
    async close(): Promise<void> {
      for (const client of Object.values(clients)) client.destroy();
      await emulators.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
export type Service = Awaited<ReturnType<typeof startService>>;

/** What a reply says, when it says JSON. */
export function bodyOf({ body }: APIGatewayProxyResult) {
  return JSON.parse(body);
}

function captureLog(): string[] {
  const lines: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  return lines;
}

type Clients = Pick<ReturnType<typeof openClients>, 'sqs'>;

async function receive({ sqs }: Clients, endpoint: string, queue: string): Promise<readonly Message[]> {
  const command = new ReceiveMessageCommand({ QueueUrl: queueUrl(endpoint, queue), MaxNumberOfMessages: 10 });
  return (await sqs.send(command)).Messages ?? [];
}

async function remove({ sqs }: Clients, endpoint: string, queue: string, { ReceiptHandle }: Message): Promise<void> {
  await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl(endpoint, queue), ReceiptHandle }));
}

const messageToRecord = ({ MessageId = '', Body = '' }: Message) => anSqsRecord(MessageId, Body);
