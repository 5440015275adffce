import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { Fault } from '../domain/errors.ts';
import type { EntailmentModel } from '../ports.ts';
import { type EntailmentIndexes, readEntailmentIndexes } from './entailment-labels.ts';
import { modelOfTask, readManifest } from './manifest.ts';
import { modelVersion } from './model-version.ts';
import { encodePairs } from './pair-tokenizer.ts';
import { openSession, type SessionOptions } from './session.ts';
import { loadTokenizer } from './text-tokenizer.ts';
import { sha256OfFile, verifyFiles } from './verify-files.ts';
import type { EntailmentLogits } from './zero-shot-probabilities.ts';

export interface EntailmentOptions extends SessionOptions {
  /** `reference` parses special tokens spelled out in the premise, as the Python tokenizer does, to compare golden values. */
  readonly reading?: 'untrusted' | 'reference';
}

interface Installed {
  readonly id: string;
  readonly version: string;
  readonly maxTokens: number;
  readonly model: string;
  readonly tokenizer: string;
  readonly config: string;
}

/** What a folder handed in without a manifest holds: the names that models are published under. */
const UNLISTED = { maxTokens: 512, model: 'model.onnx', tokenizer: 'tokenizer.json', config: 'config.json' };

/**
 * Loads a DebertaV2 cross-encoder from a folder: by its `manifest.json` with digests checked where there is one, else
 * by the usual file names, under the folder's name.
 * Throws `Fault` (`model-manifest`, `model-file`, `model-labels`) with a sentence that names the file at fault.
 */
export async function loadEntailmentModel(folder: string, options: EntailmentOptions): Promise<EntailmentModel> {
  const installed = await readInstalled(folder);
  const indexes = await readEntailmentIndexes(folder, installed.config);
  const tokenizer = await loadTokenizer(join(folder, installed.tokenizer));
  const session = await openSession(join(folder, installed.model), options, {
    inputs: ['input_ids', 'attention_mask'],
    outputs: ['logits'],
  });
  const trusted = options.reading === 'reference';
  return {
    id: installed.id,
    version: installed.version,
    entail: async (premise, hypotheses) => {
      const answers: EntailmentLogits[] = [];
      for (const ids of encodePairs(tokenizer, premise, hypotheses, { maxTokens: installed.maxTokens, trusted })) {
        if (answers.length > 0) await setImmediate(); // lets a server's other work in between two passes
        answers.push(await runPair(session, indexes, ids));
      }
      return answers;
    },
    close: () => session.release(),
  };
}

async function readInstalled(folder: string): Promise<Installed> {
  if (!existsSync(join(folder, 'manifest.json'))) return readUnlisted(folder);
  const { id, version, maxTokens, files } = modelOfTask(await readManifest(folder), 'entailment');
  await verifyFiles(folder, Object.values(files));
  const { model, tokenizer, config } = files;
  return {
    id,
    version: modelVersion(version, model, tokenizer),
    maxTokens,
    model: model.path,
    tokenizer: tokenizer.path,
    config: config.path,
  };
}

async function readUnlisted(folder: string): Promise<Installed> {
  const model = { sha256: await sha256OfFile(join(folder, UNLISTED.model)) };
  const tokenizer = { sha256: await sha256OfFile(join(folder, UNLISTED.tokenizer)) };
  return { id: basename(resolve(folder)), version: modelVersion('unlisted', model, tokenizer), ...UNLISTED };
}

/** One pair a pass, unpadded: published int8 files scale activations by the whole tensor, so neighbours and padding would move a pair's logits. */
async function runPair(
  session: InferenceSession,
  { labels, entailment, notEntailment }: EntailmentIndexes,
  ids: readonly number[],
): Promise<EntailmentLogits> {
  const shape = [1, ids.length];
  const outputs = await session.run({
    input_ids: new Tensor('int64', BigInt64Array.from(ids, BigInt), shape),
    attention_mask: new Tensor('int64', new BigInt64Array(ids.length).fill(1n), shape),
  });
  const logits = outputs.logits?.data;
  if (!(logits instanceof Float32Array) || logits.length !== labels)
    throw new Fault('model-labels', `the model gives ${logits?.length ?? 0} logits, its id2label names ${labels}`);
  return { entailment: logits[entailment] ?? Number.NaN, notEntailment: logits[notEntailment] ?? Number.NaN };
}
