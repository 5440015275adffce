import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shortcomings } from '../../infra/models/check-folder.ts';
import { readSentenceRows, type SentenceRow } from '../../infra/models/golden.ts';
import { loadEmbeddingModel } from '../../lib/inference/embedding-model.ts';
import { encodeAsReference, encodeText, loadTokenizer } from '../../lib/inference/text-tokenizer.ts';
import { maskRecord } from '../../lib/masking/mask-record.ts';
import type { Embedded } from '../../lib/ports.ts';
import { readRows } from '../../models/training/read-rows.ts';
import { ProofFailed, prove, root, run } from './tools.ts';

/**
 * `npm run proof:parity`: the reference in Python (tokenizers and onnxruntime, one text a call) and this engine on every message of
 * test/eval/sets, as it stands and masked, each alone as the reference reads it and in the batches that the service makes. Ids must be
 * equal, logits within 1e-4, cosines above .9999. `PYTHON` names the Python (python3).
 */
const LEAST_TEXTS = 1000;
const MAX_TOKENS = 128;
const python = process.env.PYTHON ?? 'python3';
const starter = join(root, 'models/starter');
const sets = join(root, 'test/eval/sets');

await prove(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'logsieve-parity-'));
  try {
    await writeReference(folder);
    const comparison = await compare(await readSentenceRows(folder));
    console.log(JSON.stringify(comparison));
    const beyond = shortcomings(comparison);
    if (beyond.length > 0) throw new ProofFailed(beyond.join('\n'));
    if (comparison.inBatches < LEAST_TEXTS) throw new ProofFailed(`fewer than ${LEAST_TEXTS} texts were compared`);
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** Writes golden.jsonl into the folder. */
async function writeReference(folder: string): Promise<void> {
  const tables = (await readdir(sets)).filter((name) => name.endsWith('.csv')).map((name) => join(sets, name));
  const masked = join(folder, 'masked.csv');
  const messages = (await Promise.all(tables.map(readRows))).flat().map(({ message = '' }) => message);
  const texts = messages.map((message) => maskRecord({ source: '', message }).canonical);
  await writeFile(masked, ['message', ...texts.map((text) => `"${text.replaceAll('"', '""')}"`)].join('\n'));
  requirePackages();
  const script = join(root, 'models/training/make_starter_golden.py');
  const env = { PYTHONDONTWRITEBYTECODE: '1' };
  run(python, [script, starter, join(folder, 'golden.jsonl'), ...tables, masked], { env, timeoutSeconds: 1800 });
}

function requirePackages(): void {
  try {
    run(python, ['-c', 'import numpy, onnxruntime, tokenizers'], { timeoutSeconds: 120 });
  } catch (cause) {
    const requirements = 'models/training/requirements.txt';
    throw new ProofFailed(
      `${python} is not there or lacks numpy, onnxruntime or tokenizers: install ${requirements} into a virtual environment and name its Python in PYTHON`,
      { cause },
    );
  }
}

async function compare(rows: readonly SentenceRow[]) {
  const tokenizer = await loadTokenizer(join(starter, 'tokenizer.json'));
  const idsOf = (encode: typeof encodeText) => rows.map(({ text }) => encode(tokenizer, text, MAX_TOKENS).ids.join());
  const wanted = rows.map(({ input_ids: ids }) => ids.join());
  const [asReference, asServed] = [idsOf(encodeAsReference), idsOf(encodeText)];
  // Of a text over 126 pieces the service reads head and tail, the reference the head alone.
  const whole = rows.filter((_, at) => asServed[at] === wanted[at]);
  const gaps = [...(await gapsOf(rows, 'reference')), ...(await gapsOf(whole, 'head-and-tail'))];
  return {
    texts: rows.length,
    inBatches: whole.length,
    idsEqual: asReference.filter((ids, at) => ids === wanted[at]).length,
    minCosine: Math.min(...gaps.map(({ cosine }) => cosine)),
    maxLogitError: Math.max(...gaps.map(({ logit }) => logit)),
  };
}

async function gapsOf(rows: readonly SentenceRow[], reading: 'reference' | 'head-and-tail') {
  const model = await loadEmbeddingModel(join(root, 'models'), { threads: 0, reading });
  const answers = await model.embed(rows.map(({ text }) => text));
  await model.close();
  return rows.map((row, at) => gapOf(row, answers[at]));
}

function gapOf({ embedding = [], severity_logits: logits = [] }: SentenceRow, answer: Embedded | undefined) {
  const length = (values: ArrayLike<number>) => Math.hypot(...Array.from(values));
  const found = answer?.embedding ?? new Float32Array();
  const dot = embedding.reduce((sum, value, at) => sum + value * (found[at] ?? Number.NaN), 0);
  return {
    cosine: dot / (length(found) * length(embedding)),
    logit: Math.max(...logits.map((value, at) => Math.abs(value - (answer?.severityLogits[at] ?? Number.NaN)))),
  };
}
