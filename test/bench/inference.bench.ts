import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'csv-parse/sync';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import * as z from 'zod';
import { loadEmbeddingModel } from '../../lib/inference/embedding-model.ts';
import { openSession } from '../../lib/inference/session.ts';
import { encodeText, loadTokenizer } from '../../lib/inference/text-tokenizer.ts';
import type { BenchFigure } from './masking.bench.ts';

const MODELS = 'models';
const THREADS = 2;
const TEXTS = 640;
const ROWS = 32;
const ROUNDS = 7;

type Feeds = Record<string, Tensor>;

/**
 * Distinct lines of the sample through `embed`, tokenization included, against the bare session on tensors made
 * beforehand (sorted by length, 32 a batch, padded to the longest: what costs a session least). Rounds of the two
 * alternate, medians are compared. The second figure is one text a call, against one bare pass of it.
 */
export async function inferenceBench(): Promise<BenchFigure[]> {
  const texts = await sampleTexts();
  const model = await loadEmbeddingModel(MODELS, { threads: THREADS });
  const session = await openSession(join(MODELS, 'starter', 'model.onnx'), { threads: THREADS }, NAMES);
  const ids = await tokenIds(texts);
  const batches = sortedBatches(ids);
  const single = texts.slice(0, TEXTS / 10);
  const singleFeeds = ids.slice(0, single.length).map((row) => feedsOf([row]));
  const ours = () => model.embed(texts);
  const bare = () => runAll(session, batches);
  const oursOne = async () => {
    for (const text of single) await model.embed([text]);
  };
  const bareOne = () => runAll(session, singleFeeds);

  const many = await interleaved(ours, bare);
  const one = await interleaved(oursOne, bareOne);
  await model.close();
  await session.release();
  return [
    figure('embedding', (texts.length / many.ours) * 1_000, 'texts/s', (texts.length / many.bare) * 1_000),
    figure('embedding, one text', one.ours / single.length, 'ms', one.bare / single.length),
  ];
}

const NAMES = { inputs: ['input_ids', 'attention_mask'], outputs: ['embedding', 'severity_logits'] };

async function sampleTexts(): Promise<readonly string[]> {
  const rows = z
    .array(z.looseObject({ log_message: z.string().default('') }))
    .parse(parse(await readFile('events/sample.csv'), { columns: true, relax_column_count: true }));
  return [...new Set(rows.map(({ log_message }) => log_message))].slice(0, TEXTS);
}

async function tokenIds(texts: readonly string[]): Promise<readonly (readonly number[])[]> {
  const tokenizer = await loadTokenizer(join(MODELS, 'starter', 'tokenizer.json'));
  return texts.map((text) => encodeText(tokenizer, text, 128).ids);
}

function sortedBatches(ids: readonly (readonly number[])[]): readonly Feeds[] {
  const sorted = ids.toSorted((left, right) => left.length - right.length);
  return Array.from({ length: Math.ceil(sorted.length / ROWS) }, (_, batch) =>
    feedsOf(sorted.slice(batch * ROWS, (batch + 1) * ROWS)),
  );
}

function feedsOf(rows: readonly (readonly number[])[]): Feeds {
  const length = Math.max(...rows.map((row) => row.length));
  const at = (row: readonly number[]) => Array.from({ length }, (_, place) => BigInt(row[place] ?? 0));
  const mask = (row: readonly number[]) => Array.from({ length }, (_, place) => (place < row.length ? 1n : 0n));
  const tensor = (values: readonly bigint[]) => new Tensor('int64', BigInt64Array.from(values), [rows.length, length]);
  return { input_ids: tensor(rows.flatMap(at)), attention_mask: tensor(rows.flatMap(mask)) };
}

async function runAll(session: InferenceSession, batches: readonly Feeds[]): Promise<void> {
  for (const feeds of batches) await session.run(feeds);
}

/** Median milliseconds of each, after a round to warm up. */
async function interleaved(ours: () => Promise<unknown>, bare: () => Promise<unknown>) {
  const times = { ours: [] as number[], bare: [] as number[] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    const [first, second] = [await millisecondsOf(ours), await millisecondsOf(bare)];
    if (round === 0) continue;
    times.ours.push(first);
    times.bare.push(second);
  }
  return { ours: median(times.ours), bare: median(times.bare) };
}

async function millisecondsOf(run: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await run();
  return performance.now() - begun;
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function figure(name: string, value: number, unit: string, limit: number): BenchFigure {
  return { name, value: Number(value.toFixed(2)), unit, limit: Number(limit.toFixed(2)), ratio: value / limit };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  console.table(await inferenceBench());
