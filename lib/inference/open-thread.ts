import { once } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import { Worker } from 'node:worker_threads';
import { refuseTelemetry } from '../config.ts';
import { Fault } from '../domain/errors.ts';
import { replySchema, type ThreadReply, type ThreadRequest } from './thread-messages.ts';

/** A thread of its own that answers one question at a time or several interleaved, as its program sees fit. */
export interface Thread {
  /** What it said when it was ready. */
  readonly ready: unknown;
  /** Throws `Fault`: what the thread failed with, or `model-worker` where it died. */
  ask(body: unknown): Promise<unknown>;
  close(): Promise<void>;
}

interface Call {
  readonly resolve: (body: unknown) => void;
  readonly reject: (error: Fault) => void;
}

interface Living {
  readonly worker: Worker;
  readonly ready: unknown;
  readonly calls: Map<number, Call>;
}

/**
 * Starts `name.ts` of this folder on a thread. Of one that dies the open calls fail, and the next call starts another,
 * which must say the same when it is ready: a model that was exchanged meanwhile is not taken for the old one. An idle
 * thread does not keep the process alive. Throws what the thread refuses with, or `Fault('model-worker')`.
 * Bundled: build `name.ts` as `name.mjs` beside the bundle that calls this.
 */
export async function openThread(
  name: 'embedding-worker' | 'session-worker',
  workerData: Readonly<Record<string, unknown>>,
): Promise<Thread> {
  const file = workerFile(name, import.meta.url);
  let closed = false;
  let lastCall = 0;
  let living: Promise<Living> | undefined;
  const start = (): Promise<Living> => {
    const starting = startWorker(file, workerData, () => {
      if (living === starting) living = undefined;
    });
    return starting;
  };
  living = start();
  const { ready } = await living;
  const current = async (): Promise<Living> => {
    if (closed) throw new Fault('model-worker', 'the inference thread has ended');
    living ??= start();
    const found = await living;
    if (isDeepStrictEqual(found.ready, ready)) return found;
    throw new Fault('model-worker', 'the model was exchanged while its thread was down; restart the process');
  };
  return {
    ready,
    ask: async (body) => {
      const { worker, calls } = await current();
      lastCall += 1;
      return asked(worker, calls, lastCall, body);
    },
    close: async () => {
      if (closed) return;
      closed = true;
      const last = await living?.catch(() => undefined);
      if (last === undefined) return;
      const exit = once(last.worker, 'exit');
      last.worker.ref();
      tell(last.worker, { kind: 'close' });
      await exit;
    },
  };
}

/** From source Node runs the `.ts` file; from a bundle the worker is a bundle of its own beside it. */
function workerFile(name: string, from: string): URL {
  return new URL(from.endsWith('.ts') ? `./${name}.ts` : `./${name}.mjs`, from);
}

async function startWorker(
  file: URL,
  workerData: Readonly<Record<string, unknown>>,
  onDeath: () => void,
): Promise<Living> {
  refuseTelemetry();
  const worker = new Worker(file, { workerData });
  const calls = new Map<number, Call>();
  const die = (why: string, cause?: unknown) => {
    onDeath();
    for (const { reject } of calls.values()) reject(new Fault('model-worker', why, { cause }));
    calls.clear();
  };
  worker.on('error', (cause) => die('the inference thread died', cause));
  worker.on('exit', () => die('the inference thread has ended'));
  const ready = await readyBody(worker);
  worker.on('message', (message: unknown) => {
    settle(calls, replySchema.parse(message));
    if (calls.size === 0) worker.unref();
  });
  worker.unref();
  return { worker, ready, calls };
}

async function readyBody(worker: Worker): Promise<unknown> {
  const reply = replySchema.parse(await firstMessage(worker));
  if (reply.kind === 'ready') return reply.body;
  throw reply.kind === 'refused'
    ? new Fault(reply.code, reply.message)
    : new Fault('model-worker', `the inference thread began with ${reply.kind}`);
}

/** Throws `Fault('model-worker')` where the thread dies before it has said anything. */
function firstMessage(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) => reject(new Fault('model-worker', 'the inference thread did not start', { cause }));
    worker.once('message', resolve);
    worker.once('error', fail);
    worker.once('exit', fail);
  });
}

function asked(worker: Worker, calls: Map<number, Call>, call: number, body: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    calls.set(call, { resolve, reject });
    worker.ref();
    tell(worker, { kind: 'ask', call, body });
  });
}

function settle(calls: Map<number, Call>, reply: ThreadReply): void {
  if (reply.kind !== 'answered' && reply.kind !== 'failed') return;
  const call = calls.get(reply.call);
  calls.delete(reply.call);
  if (reply.kind === 'answered') call?.resolve(reply.body);
  else call?.reject(new Fault(reply.code, reply.message));
}

function tell(worker: Worker, request: ThreadRequest): void {
  worker.postMessage(request);
}
