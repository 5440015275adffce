import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Fault } from '../domain/errors.ts';
import { planBatches } from './batches.ts';
import { type EmbeddingEntry, pinnedFiles } from './manifest.ts';
import { meanOfTokens } from './mean-pooling.ts';
import { modelVersion } from './model-version.ts';
import { onThisThread, type PassOutputs, type PassRunner, passOf } from './pass.ts';
import { coresFor, type GraphNames, openSession, type SessionOptions } from './session.ts';
import { openSessionPool } from './session-pool.ts';
import { encodeAsReference, encodeText, loadTokenizer } from './text-tokenizer.ts';
import type { Tokens } from './token-window.ts';
import { verifyFiles } from './verify-files.ts';

export interface EmbeddingOptions extends SessionOptions {
  /** `reference` reads texts exactly as the training code did, each alone and unpadded, to compare golden values. */
  readonly reading?: 'head-and-tail' | 'reference';
}

export interface Sentence {
  /** Unit length. */
  readonly embedding: Float32Array;
  /** One logit per label of the entry, where the model has a severity head. */
  readonly severityLogits: Float32Array | undefined;
  readonly truncated: boolean;
}

/** Any sentence encoder. A text's numbers do not depend on its neighbours in the call. */
export interface SentenceModel {
  readonly id: string;
  readonly version: string;
  /** The digest-checked entry it was loaded by. */
  readonly entry: EmbeddingEntry;
  /** Token ids of a text as the model reads it, special tokens included. */
  encode(text: string): Tokens;
  embed(texts: readonly string[]): Promise<readonly Sentence[]>;
  close(): Promise<void>;
}

/**
 * Loads the encoder that an entry describes from the folder its files lie in. A dynamically quantised file is run one
 * text a pass on one-thread sessions, as many as `threads`, each on a thread of its own; others in batches on the
 * calling thread, whose event loop they hold for one batch of 32 at a time.
 * Throws `Fault` (`model-manifest`, `model-file`) with a sentence that names the file at fault.
 */
export async function loadSentenceModel(
  folder: string,
  entry: EmbeddingEntry,
  options: EmbeddingOptions,
): Promise<SentenceModel> {
  const files = pinnedFiles(entry);
  await verifyFiles(folder, files);
  const [model, tokenizerFile] = [entry.files.model.path, entry.files.tokenizer.path];
  const digestOf = (path: string) => ({ sha256: files.find((file) => file.path === path)?.sha256 ?? '' });
  const tokenizer = await loadTokenizer(join(folder, tokenizerFile));
  const runner = await openRunner(join(folder, model), entry, options);
  const isReference = options.reading === 'reference';
  const encode = (text: string) => (isReference ? encodeAsReference : encodeText)(tokenizer, text, entry.maxTokens);
  const alone = isReference || entry.quantisation === 'dynamic';
  return {
    id: entry.id,
    version: modelVersion(entry.version, digestOf(model), digestOf(tokenizerFile)),
    entry,
    encode,
    embed: (texts) => (alone ? embedAlone : embedInBatches)(runner, entry, texts.map(encode)),
    close: () => runner.close(),
  };
}

async function openRunner(path: string, entry: EmbeddingEntry, options: SessionOptions): Promise<PassRunner> {
  const names = graphNames(entry);
  if (entry.quantisation !== 'dynamic') return onThisThread(await openSession(path, options, names));
  return openSessionPool(path, { sessions: coresFor(options.threads), threads: 1 }, names);
}

function graphNames({ pooling, labels }: EmbeddingEntry): GraphNames {
  const inputs = ['input_ids', 'attention_mask'];
  if (pooling === 'mean') return { inputs, optionalInputs: ['token_type_ids'], outputs: ['last_hidden_state'] };
  return { inputs, outputs: ['embedding', ...(labels === undefined ? [] : ['severity_logits'])] };
}

/** One text a pass, unpadded, as many at once as the runner has sessions. */
function embedAlone(runner: PassRunner, entry: EmbeddingEntry, texts: readonly Tokens[]): Promise<readonly Sentence[]> {
  return Promise.all(
    texts.map(async ({ ids, truncated }) => {
      const outputs = await runner.run(passOf([ids], ids.length));
      return sentenceOf(outputs, entry, { row: 0, length: ids.length, tokens: ids.length, truncated });
    }),
  );
}

async function embedInBatches(
  runner: PassRunner,
  entry: EmbeddingEntry,
  texts: readonly Tokens[],
): Promise<readonly Sentence[]> {
  const sentences = new Array<Sentence>(texts.length);
  const batches = planBatches(
    texts.map(({ ids }) => ids.length),
    entry.maxTokens,
  );
  for (const [place, { indexes, length }] of batches.entries()) {
    if (place > 0) await setImmediate(); // lets a server's other work in between two passes
    const rows = indexes.map((index) => texts[index]?.ids ?? []);
    const outputs = await runner.run(passOf(rows, length));
    for (const [row, index] of indexes.entries()) {
      const { ids = [], truncated = false } = texts[index] ?? {};
      sentences[index] = sentenceOf(outputs, entry, { row, length, tokens: ids.length, truncated });
    }
  }
  return sentences;
}

/** Copies of a row's numbers, so that one row does not keep a whole batch alive. */
function sentenceOf(
  outputs: PassOutputs,
  { pooling, dimensions, labels }: EmbeddingEntry,
  { row, length, tokens, truncated }: { row: number; length: number; tokens: number; truncated: boolean },
): Sentence {
  const rowOf = (name: string, width: number) => rowOfOutput(outputs, name, row, width);
  return {
    embedding:
      pooling === 'mean'
        ? meanOfTokens(rowOf('last_hidden_state', length * dimensions), tokens, dimensions)
        : rowOf('embedding', dimensions),
    severityLogits: labels && rowOf('severity_logits', labels.length),
    truncated,
  };
}

function rowOfOutput(outputs: PassOutputs, name: string, row: number, width: number): Float32Array {
  const values = outputs[name]?.slice(row * width, (row + 1) * width);
  if (values?.length === width) return values;
  throw new Fault('model-file', `the model's output ${name} is not ${width} wide, as its manifest says`);
}
