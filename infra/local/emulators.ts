import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { buckets } from '../topology.ts';
import { closeServer, listen } from './listen.ts';
import { openObjects } from './objects.ts';
import { openQueues } from './queues.ts';
import { createdEvent, hearingQueue } from './s3-event.ts';
import { serveS3 } from './s3-server.ts';
import { createTables, openTables } from './tables.ts';

export interface Emulators {
  /** One address for S3, SQS, DynamoDB, EventBridge's PutEvents and Lambda's Invoke: `http://127.0.0.1:<port>`. */
  readonly endpoint: string;
  /** Puts a message on a queue without a request. */
  send(queue: string, body: string): void;
  close(): Promise<void>;
}

export type Serve = (request: IncomingMessage, response: ServerResponse) => void;

/** S3, SQS and DynamoDB on one loopback port, with everything they hold under `folder`. */
export async function startEmulators(options: {
  folder: string;
  port: number;
  /** Loopback where absent. */
  host?: string;
  now: () => number;
  /** Serves Lambda's Invoke, `POST /2015-03-31/functions/<name>/invocations`. */
  serveInvoke: Serve;
  /** Serves EventBridge's PutEvents. */
  serveEvents: Serve;
}): Promise<Emulators> {
  const routes: { serve?: Serve } = {};
  const server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 }, (request, response) => {
    if (!isOwnCaller(request)) response.writeHead(403).end();
    else if (routes.serve === undefined) response.writeHead(503).end();
    else routes.serve(request, response);
  });
  // The port first: when it is taken, nothing has been opened yet.
  const port = await listen(server, options.port, options.host);
  const endpoint = `http://127.0.0.1:${port}`;

  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  const queues = await openQueues(join(options.folder, 'queues'));
  const tables = await openTables(join(options.folder, 'tables'));
  const objects = openObjects({
    folder: join(options.folder, 'objects'),
    buckets,
    now: options.now,
    onCreated(object, by) {
      const queue = hearingQueue(object);
      if (queue !== undefined) queues.send(queue, createdEvent(object, by));
    },
  });
  routes.serve = (request, response) => {
    const target = String(request.headers['x-amz-target'] ?? '');
    if (target.startsWith('AmazonSQS.')) queues.serve(request, response);
    else if (target.startsWith('DynamoDB_')) tables.serve(request, response);
    else if (target.startsWith('AWSEvents.')) options.serveEvents(request, response);
    else if (request.url?.startsWith('/2015-03-31/functions/')) options.serveInvoke(request, response);
    else void serveS3(objects, request, response, options.now);
  };
  objects.tellUntold();
  await createTables(endpoint);
  return {
    endpoint,
    send: queues.send,
    async close() {
      await closeServer(server);
      await Promise.all([queues.close(), tables.close()]);
      objects.close();
    },
  };
}

/**
 * A web page open in a browser here could reach loopback too. A browser says so with `Origin`; and where the page has
 * pointed a name of its own at 127.0.0.1, with that name.
 */
function isOwnCaller({ headers: { host = '', origin } }: IncomingMessage): boolean {
  return origin === undefined && /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/.test(host);
}
