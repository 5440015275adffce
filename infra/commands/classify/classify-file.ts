import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { LanguageModelSettings } from '../../../lib/config.ts';
import { InvalidInput } from '../../../lib/domain/errors.ts';
import type { Columns, Tally } from '../../../lib/domain/job.ts';
import { type OpenedSource, openSource } from '../../../lib/ingest/open-source.ts';
import { renderHeader } from '../../../lib/ingest/render-row.ts';
import { type PatternCount, patternCounter } from '../../../lib/jobs/pattern-counts.ts';
import { sumTallies } from '../../../lib/jobs/tally.ts';
import { printableLines } from '../../local/screen.ts';
import { readBlocks } from './blocks.ts';
import { type Answer, openWorkerPool } from './worker-pool.ts';

export interface ClassifyOptions {
  readonly file: string;
  /** A file for the results; standard output where there is none. */
  readonly out?: string;
  readonly json: boolean;
  readonly threshold: number;
  readonly columns: Columns;
  readonly llm?: LanguageModelSettings;
  /** A cross-encoder for the zero-shot stage. */
  readonly entailmentFolder?: string;
}

export interface ClassifyOutcome {
  readonly tally: Tally;
  readonly patterns: readonly PatternCount[];
  readonly threshold: number;
  readonly ms: number;
}

const READ_BYTES = 1024 * 1024;
const modelsFolder = resolve(import.meta.dirname, '../../../models');

/**
 * Judges a file on every core and writes its rows in their order. Throws `InvalidInput` for a file that cannot be read
 * as logs; nothing is written then. A reader that closes standard output early is an `EPIPE`.
 */
export async function classifyFile(options: ClassifyOptions): Promise<ClassifyOutcome> {
  const startedAt = performance.now();
  const { file, out, json, threshold, columns, llm, entailmentFolder } = options;
  if (out !== undefined) await refuseOverwriting(file, out);
  const opened = await openFile(file, columns);
  const tallies: Tally[] = [];
  const patterns = patternCounter();
  const settings = { layout: opened.layout, threshold, json, modelsFolder, llm, entailmentFolder };

  async function* results(): AsyncGenerator<string | Uint8Array> {
    if (!json) yield renderHeader(opened.layout);
    for await (const answer of judgeInOrder(opened, settings)) {
      tallies.push(answer.tally);
      patterns.merge(answer.patterns);
      yield answer.bytes;
    }
  }

  if (out === undefined)
    await pipeline(process.stdout.isTTY ? shown(results()) : results, process.stdout, { end: false });
  else await pipeline(results, createWriteStream(out));
  return { tally: sumTallies(tallies), patterns: patterns.commonest(), threshold, ms: performance.now() - startedAt };
}

/** Results on a terminal: log text may not steer it. A file or a pipe gets the bytes as they are. */
async function* shown(results: AsyncIterable<string | Uint8Array>): AsyncGenerator<string> {
  for await (const lines of results)
    yield printableLines(typeof lines === 'string' ? lines : Buffer.from(lines).toString());
}

async function openFile(file: string, columns: Columns): Promise<OpenedSource> {
  const { size } = await stat(file);
  // A stream's end is its last byte, so it has no way to be asked for none, as of a file that is a header only.
  const read = async ({ start, end }: { start: number; end: number }) =>
    start < end ? createReadStream(file, { start, end: end - 1, highWaterMark: READ_BYTES }) : Readable.from([]);
  return openSource({ name: basename(file), bytes: size, read }, { columns });
}

/** Blocks are judged at the same time and answered one after the other. */
async function* judgeInOrder(
  opened: OpenedSource,
  settings: Parameters<typeof openWorkerPool>[0],
): AsyncGenerator<Answer> {
  const pool = openWorkerPool(settings);
  try {
    const waiting: Promise<Answer>[] = [];
    for await (const block of readBlocks(opened)) {
      waiting.push(pool.judge(block));
      const oldest = waiting.length > pool.waiting ? waiting.shift() : undefined;
      if (oldest !== undefined) yield await oldest;
    }
    for (const answer of waiting) yield await answer;
  } finally {
    await pool.close();
  }
}

/** Results written over their own source would be read again as they come. */
async function refuseOverwriting(file: string, out: string): Promise<void> {
  const [source, target] = await Promise.all([stat(file), stat(out).catch(() => undefined)]);
  if (target?.isFile() && target.ino === source.ino && target.dev === source.dev) {
    throw new InvalidInput('same-file', `${out} is the file to be read: name another one for the results.`);
  }
}
