import { join } from 'node:path';
import { Fault } from '../domain/errors.ts';
import type { EntailmentModel } from '../ports.ts';
import { planBatches } from './batches.ts';
import { describeFolder } from './describe-folder.ts';
import { type EntailmentIndexes, logitsOfRow, readEntailmentIndexes } from './entailment-labels.ts';
import { type EntailmentEntry, modelOfTask, pinnedFiles } from './manifest.ts';
import { modelVersion } from './model-version.ts';
import { encodePairs } from './pair-tokenizer.ts';
import { type PassRunner, passOf } from './pass.ts';
import { coresFor, type SessionOptions } from './session.ts';
import { openSessionPool } from './session-pool.ts';
import { loadTokenizer } from './text-tokenizer.ts';
import { verifyFiles } from './verify-files.ts';
import type { EntailmentLogits } from './zero-shot-probabilities.ts';

export interface EntailmentOptions extends SessionOptions {
  /**
   * `reference` parses special tokens spelled out in the premise, as the Python tokenizer does, and runs each pair alone
   * and unpadded, to compare golden values.
   */
  readonly reading?: 'untrusted' | 'reference';
}

/** A loaded cross-encoder with what it was loaded by. */
export interface LoadedEntailment extends EntailmentModel {
  readonly entry: EntailmentEntry;
  /** Token ids of each pair as the model reads it. */
  encode(premise: string, hypotheses: readonly string[]): readonly (readonly number[])[];
}

const NAMES = { inputs: ['input_ids', 'attention_mask'], outputs: ['logits'] };

/**
 * Loads a DebertaV2 cross-encoder from a folder: by its `manifest.json` with digests checked where there is one, else
 * by the usual file names, under the folder's name. Passes run on threads of their own. Of a dynamically quantised file
 * each pair is a pass of its own, unpadded, on as many one-thread sessions as `threads`; other files have one session,
 * and the pairs of a call share passes by their length.
 * Throws `Fault` (`model-manifest`, `model-file`, `model-labels`) with a sentence that names the file at fault.
 */
export async function loadEntailmentModel(folder: string, options: EntailmentOptions): Promise<LoadedEntailment> {
  const entry = modelOfTask({ models: [await describeFolder(folder, { task: 'entailment' })] }, 'entailment');
  const files = pinnedFiles(entry);
  await verifyFiles(folder, files);
  const digestOf = (path: string) => ({ sha256: files.find((file) => file.path === path)?.sha256 ?? '' });
  const indexes = await readEntailmentIndexes(folder, entry);
  const tokenizer = await loadTokenizer(join(folder, entry.files.tokenizer.path));
  const trusted = options.reading === 'reference';
  const alone = trusted || entry.quantisation === 'dynamic';
  const encode = (premise: string, hypotheses: readonly string[]) =>
    encodePairs(tokenizer, premise, hypotheses, { maxTokens: entry.maxTokens, trusted });
  const runner = await openRunner(join(folder, entry.files.model.path), entry, options);
  await requireLogits(runner, indexes, { folder, pairs: encode('ok', ['ok']) });
  return {
    id: entry.id,
    version: modelVersion(entry.version, digestOf(entry.files.model.path), digestOf(entry.files.tokenizer.path)),
    entry,
    encode,
    entail: async (premise, hypotheses) => {
      const pairs = encode(premise, hypotheses);
      return alone ? entailAlone(runner, indexes, pairs) : entailInBatches(runner, indexes, pairs, entry.maxTokens);
    },
    close: () => runner.close(),
  };
}

function openRunner(path: string, entry: EntailmentEntry, options: SessionOptions): Promise<PassRunner> {
  const cores = coresFor(options.threads);
  const isDynamic = entry.quantisation === 'dynamic';
  return openSessionPool(path, isDynamic ? { sessions: cores, threads: 1 } : { sessions: 1, threads: cores }, NAMES);
}

/** Asks the graph once: only its answer shows whether it has a logit for each label, and a service is to know at its start. */
async function requireLogits(
  runner: PassRunner,
  indexes: EntailmentIndexes,
  { folder, pairs }: { readonly folder: string; readonly pairs: readonly (readonly number[])[] },
): Promise<void> {
  try {
    await entailAlone(runner, indexes, pairs);
  } catch (cause) {
    await runner.close();
    const code = cause instanceof Fault ? cause.code : 'model-file';
    throw new Fault(code, `${folder}: ${cause instanceof Error ? cause.message : 'the model failed'}`, { cause });
  }
}

function entailAlone(
  runner: PassRunner,
  indexes: EntailmentIndexes,
  pairs: readonly (readonly number[])[],
): Promise<readonly EntailmentLogits[]> {
  return Promise.all(
    pairs.map(async (ids) => logitsOfRow(await runner.run(passOf([ids], ids.length)), indexes, { row: 0, rows: 1 })),
  );
}

/** A pair's shape depends on the pair alone, so its logits do not move with its neighbours. */
async function entailInBatches(
  runner: PassRunner,
  indexes: EntailmentIndexes,
  pairs: readonly (readonly number[])[],
  maxTokens: number,
): Promise<readonly EntailmentLogits[]> {
  const answers = new Array<EntailmentLogits>(pairs.length);
  const lengths = pairs.map((ids) => ids.length);
  for (const batch of planBatches(lengths, maxTokens)) {
    const rows = batch.indexes.map((index) => pairs[index] ?? []);
    const outputs = await runner.run(passOf(rows, batch.length));
    for (const [row, index] of batch.indexes.entries())
      answers[index] = logitsOfRow(outputs, indexes, { row, rows: rows.length });
  }
  return answers;
}
