import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import type { Columns, Layout, Tally } from '../../../lib/domain/job.ts';
import { openSource } from '../../../lib/ingest/open-source.ts';
import { renderHeader } from '../../../lib/ingest/render-row.ts';
import { type PatternCount, patternCounter } from '../../../lib/jobs/pattern-counts.ts';
import { sumTallies } from '../../../lib/jobs/tally.ts';
import { type Block, readBlocks } from './blocks.ts';
import type { WorkerSettings } from './worker.ts';

export interface ClassifyOutcome {
  readonly tally: Tally;
  readonly patterns: readonly PatternCount[];
  readonly threshold: number;
  readonly ms: number;
}

interface Answer {
  readonly bytes: Uint8Array;
  readonly tally: Tally;
  readonly patterns: readonly PatternCount[];
}

/** Judges a file on every core and writes its rows in their order. Throws `InvalidInput` for a file that cannot be read. */
export async function classifyFile(options: {
  file: string;
  out: Writable;
  json: boolean;
  threshold: number;
  columns: Columns;
}): Promise<ClassifyOutcome> {
  const startedAt = performance.now();
  const { file, out, json, threshold } = options;
  const read = async ({ start, end }: { start: number; end: number }) =>
    createReadStream(file, { start, end: end - 1, highWaterMark: 1024 * 1024 });
  const { size } = await stat(file);
  const opened = await openSource({ name: basename(file), bytes: size, read }, { columns: options.columns });
  const { layout } = opened;
  const pool = workerPool({ layout, threshold, json, modelsFolder: resolve('models'), llm: llmFromEnvironment() });
  const tallies: Tally[] = [];
  const patterns = patternCounter();
  const take = async (answer: Promise<Answer>) => {
    const { bytes, tally, patterns: counted } = await answer;
    tallies.push(tally);
    patterns.merge(counted);
    if (!out.write(bytes)) await once(out, 'drain');
  };
  try {
    if (!json) out.write(renderHeader(layout));
    const waiting: Promise<Answer>[] = [];
    for await (const block of readBlocks(opened)) {
      waiting.push(pool.judge(block));
      const oldest = waiting.length > pool.size ? waiting.shift() : undefined;
      if (oldest !== undefined) await take(oldest);
    }
    for (const answer of waiting) await take(answer);
  } finally {
    await pool.close();
  }
  return { tally: sumTallies(tallies), patterns: patterns.commonest(), threshold, ms: performance.now() - startedAt };
}

/** Threads are started as blocks come, so that a small file loads one model. Each thread answers in the order asked. */
function workerPool(settings: WorkerSettings & { layout: Layout }) {
  const threads = availableParallelism();
  const workers: { worker: Worker; asked: ((answer: Answer) => void)[] }[] = [];
  let next = 0;
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  failed.catch(() => undefined);

  const start = () => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: settings });
    const asked: ((answer: Answer) => void)[] = [];
    worker.on('message', (answer: Answer) => asked.shift()?.(answer));
    worker.on('error', (error) => fail(error instanceof Error ? error : new Error('a worker thread failed')));
    return { worker, asked };
  };
  return {
    /** Blocks that may wait: two a thread. */
    size: 2 * threads,
    judge: (block: Block): Promise<Answer> => {
      const index = next++ % threads;
      const thread = workers[index] ?? start();
      workers[index] = thread;
      const answer = new Promise<Answer>((resolve) => thread.asked.push(resolve));
      thread.worker.postMessage(block, [block.bytes.buffer]);
      return Promise.race([answer, failed]);
    },
    close: () => Promise.all(workers.map(({ worker }) => worker.terminate())),
  };
}

function llmFromEnvironment(): WorkerSettings['llm'] {
  const { GROQ_API_KEY: apiKey, LLM_BASE_URL: baseUrl, LLM_MODEL: model } = process.env;
  if (apiKey === undefined || apiKey === '') return undefined;
  return { apiKey, baseUrl, model: model ?? 'llama-3.3-70b-versatile' };
}
