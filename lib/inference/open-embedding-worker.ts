import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { refuseTelemetry } from '../config.ts';
import { Fault } from '../domain/errors.ts';
import type { Embedded, EmbeddingModel } from '../ports.ts';
import type { SessionOptions } from './session.ts';
import {
  replySchema,
  unpackEmbedded,
  type WorkerData,
  type WorkerReply,
  type WorkerRequest,
} from './worker-messages.ts';

interface Call {
  readonly resolve: (answers: readonly Embedded[]) => void;
  readonly reject: (error: Fault) => void;
}

/**
 * `loadEmbeddingModel` on a thread of its own, for servers that must keep answering while it infers. Calls are
 * interleaved batch by batch, so a small one does not wait for a large one. It keeps the process alive until closed.
 * Throws what `loadEmbeddingModel` throws; a thread that dies fails its open calls and every later one.
 * Bundled: build `embedding-worker.ts` as `embedding-worker.mjs` beside the bundle that calls this.
 */
export async function openEmbeddingWorker(modelsFolder: string, { threads }: SessionOptions): Promise<EmbeddingModel> {
  const workerData: WorkerData = { modelsFolder, threads };
  refuseTelemetry();
  const worker = new Worker(workerFile(import.meta.url), { workerData });
  const { id, version } = await ready(worker);
  const calls = new Map<number, Call>();
  let dead: Fault | undefined;
  let lastCall = 0;
  const die = (fault: Fault) => {
    dead ??= fault;
    for (const { reject } of calls.values()) reject(dead);
    calls.clear();
  };
  worker.on('error', (cause) => die(new Fault('model-worker', 'the embedding thread died', { cause })));
  worker.on('exit', () => die(new Fault('model-worker', 'the embedding thread has ended')));
  worker.on('message', (message: unknown) => settle(calls, replySchema.parse(message)));
  return {
    id,
    version,
    embed: (texts) =>
      new Promise((resolve, reject) => {
        if (dead !== undefined) return reject(dead);
        lastCall += 1;
        calls.set(lastCall, { resolve, reject });
        tell(worker, { kind: 'embed', call: lastCall, texts: [...texts] });
      }),
    close: async () => {
      if (dead !== undefined) return;
      tell(worker, { kind: 'close' });
      await once(worker, 'exit');
    },
  };
}

/** From source Node runs the `.ts` file; from a bundle the worker is a bundle of its own beside it. */
function workerFile(from: string): URL {
  return new URL(from.endsWith('.ts') ? './embedding-worker.ts' : './embedding-worker.mjs', from);
}

async function ready(worker: Worker): Promise<{ id: string; version: string }> {
  const reply = replySchema.parse(await firstMessage(worker));
  if (reply.kind === 'ready') return reply;
  throw reply.kind === 'refused'
    ? new Fault(reply.code, reply.message)
    : new Fault('model-worker', `the embedding thread began with ${reply.kind}`);
}

/** Throws `Fault('model-worker')` where the thread dies before it has said anything. */
function firstMessage(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) => reject(new Fault('model-worker', 'the embedding thread did not start', { cause }));
    worker.once('message', resolve);
    worker.once('error', fail);
    worker.once('exit', fail);
  });
}

function settle(calls: Map<number, Call>, reply: WorkerReply): void {
  if (reply.kind !== 'embedded' && reply.kind !== 'failed') return;
  const call = calls.get(reply.call);
  calls.delete(reply.call);
  if (reply.kind === 'embedded') call?.resolve(unpackEmbedded(reply.packed));
  else call?.reject(new Fault(reply.code, reply.message));
}

function tell(worker: Worker, request: WorkerRequest): void {
  worker.postMessage(request);
}
