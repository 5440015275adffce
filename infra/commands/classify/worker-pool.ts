import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { refuseTelemetry } from '../../../lib/config.ts';
import type { Tally } from '../../../lib/domain/job.ts';
import type { PatternCount } from '../../../lib/jobs/pattern-counts.ts';
import type { Block } from './blocks.ts';
import type { WorkerSettings } from './worker.ts';

/** A block's part of the results file, and what is in it. */
export interface Answer {
  readonly bytes: Uint8Array;
  readonly tally: Tally;
  readonly patterns: readonly PatternCount[];
}

/** The main thread reads and writes about as fast as this many judge. */
const MAX_THREADS = 8;

interface Thread {
  readonly worker: Worker;
  /** Who waits for an answer, in the order asked, which is the order in which a thread answers. */
  readonly asked: ((answer: Answer) => void)[];
}

/** Threads are started as blocks come, so that a small file loads one model. */
export function openWorkerPool(settings: Omit<WorkerSettings, 'stop'>) {
  refuseTelemetry();
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const threads: Thread[] = [];
  const size = Math.min(availableParallelism(), MAX_THREADS);
  const broken = Promise.withResolvers<never>();
  // Told to whoever takes an answer; nobody may.
  broken.promise.catch(() => undefined);
  let next = 0;

  const start = (): Thread => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: { ...settings, stop } satisfies WorkerSettings,
    });
    const asked: Thread['asked'] = [];
    worker.on('message', (answer: Answer) => asked.shift()?.(answer));
    worker.on('error', (error) => broken.reject(error));
    worker.on('exit', () => broken.reject(new Error('a worker thread ended before its work')));
    return { worker, asked };
  };
  return {
    /** Blocks that may wait: two a thread. */
    waiting: 2 * size,
    judge: (block: Block): Promise<Answer> => {
      const index = next++ % size;
      const thread = threads[index] ?? start();
      threads[index] = thread;
      const { promise, resolve } = Promise.withResolvers<Answer>();
      thread.asked.push(resolve);
      thread.worker.postMessage(block, [block.bytes.buffer]);
      const answered = Promise.race([promise, broken.promise]);
      answered.catch(() => undefined);
      return answered;
    },
    /** What is being judged is given up. The threads end by themselves: one that is ended inside a model takes the process with it. */
    close: async () => {
      Atomics.store(stop, 0, 1);
      await Promise.all(
        threads.map(({ worker }) => {
          const ended = worker.threadId === -1 ? undefined : once(worker, 'exit');
          worker.postMessage('end');
          return ended;
        }),
      );
    },
  };
}
