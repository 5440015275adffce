import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { buildApp } from 'fauxqs';
// The package exports only its front door; a queue that lasts needs these three.
import { PersistenceManager } from '../../node_modules/fauxqs/dist/persistence.js';
import { S3Store } from '../../node_modules/fauxqs/dist/s3/s3Store.js';
import { SnsStore } from '../../node_modules/fauxqs/dist/sns/snsStore.js';
import { SqsStore } from '../../node_modules/fauxqs/dist/sqs/sqsStore.js';
import { deadLetters, lostDeliveries, type QueueTopology, queueRetentionDays, queues } from '../topology.ts';
import { localRegion } from './signature.ts';

const account = '000000000000';
const daySeconds = 24 * 60 * 60;

/** A queue's URL is `<endpoint>/000000000000/<name>`: its path is all that counts. */
export const queueUrl = (endpoint: string, name: string) => `${endpoint}/${account}/${name}`;
export const queueArn = (name: string) => `arn:aws:sqs:${localRegion}:${account}:${name}`;

/**
 * The topology's queues and their dead-letter queues, kept in `<folder>/fauxqs.db`.
 * What was in flight when the last process ended is visible again: nobody is working on it.
 */
export async function openQueues(folder: string) {
  const persistence = openPersistence(folder);
  const stores = { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() };
  const { sqsStore } = stores;
  sqsStore.region = localRegion;
  persistence.loadSqsAndSns(sqsStore, stores.snsStore);
  sqsStore.persistence = persistence;
  for (const queue of sqsStore.allQueues()) queue.persistence = persistence;
  for (const [name, topology] of Object.entries(queues)) createPair(sqsStore, name, topology);
  create(sqsStore, lostDeliveries.queue, { MessageRetentionPeriod: String(lostDeliveries.retentionDays * daySeconds) });

  const app = buildApp({ logger: false, stores });
  await app.ready();
  return {
    /** Serves SQS's JSON protocol. */
    serve: (request: IncomingMessage, response: ServerResponse) => app.routing(request, response),
    send(name: string, body: string): void {
      sqsStore.getQueueByName(name)?.enqueue(SqsStore.createMessage(body));
    },
    async close(): Promise<void> {
      sqsStore.shutdown();
      await app.close();
      persistence.close();
    },
  };
}

function createPair(store: SqsStore, name: string, { visibilitySeconds, maxReceives }: QueueTopology): void {
  const dead = `${name}-dead`;
  create(store, dead, {
    VisibilityTimeout: String(deadLetters.visibilitySeconds),
    MessageRetentionPeriod: String(deadLetters.retentionDays * daySeconds),
  });
  create(store, name, {
    VisibilityTimeout: String(visibilitySeconds),
    MessageRetentionPeriod: String(queueRetentionDays * daySeconds),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: queueArn(dead), maxReceiveCount: maxReceives }),
  });
}

function create(store: SqsStore, name: string, attributes: Record<string, string>): void {
  const existing = store.getQueueByName(name);
  if (existing !== undefined) existing.setAttributes(attributes);
  else store.createQueue(name, queueUrl('http://127.0.0.1', name), queueArn(name), attributes);
}

/** fauxqs's own persistence, with one statement of it mended. */
function openPersistence(folder: string): PersistenceManager {
  const persistence = new PersistenceManager(folder);
  const database = new DatabaseSync(join(folder, 'fauxqs.db'));
  database.exec('PRAGMA synchronous = NORMAL');
  const ready = 'UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL';
  database.exec(ready);
  const readyOne = database.prepare(`${ready} WHERE message_id = ?`);
  // fauxqs 2.4.1 sets the receive count to NULL here, which its own schema refuses: the message would be lost.
  persistence.updateMessageReady = (id) => void readyOne.run(id);
  const close = persistence.close.bind(persistence);
  persistence.close = () => {
    database.close();
    close();
  };
  return persistence;
}
