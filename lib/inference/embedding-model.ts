import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { Fault } from '../domain/errors.ts';
import { SEVERITIES } from '../domain/severity.ts';
import type { Embedded, EmbeddingModel } from '../ports.ts';
import { type Batch, planBatches } from './batches.ts';
import { type EmbeddingEntry, modelOfTask, readManifest } from './manifest.ts';
import { modelVersion } from './model-version.ts';
import { openSession, type SessionOptions } from './session.ts';
import { encodeAsReference, encodeText, loadTokenizer } from './text-tokenizer.ts';
import type { Tokens } from './token-window.ts';
import { verifyFiles } from './verify-files.ts';

export interface EmbeddingOptions extends SessionOptions {
  /** `reference` reads texts exactly as the training code did, to compare golden values. */
  readonly reading?: 'head-and-tail' | 'reference';
}

/**
 * Loads the embedding model that `manifest.json` names, its digests and label order checked. Passes run on the calling
 * thread and hold its event loop for a batch of 32 at a time; servers use `openEmbeddingWorker`.
 * Throws `Fault` (`model-manifest`, `model-file`, `model-labels`) with a sentence that names the file at fault.
 */
export async function loadEmbeddingModel(modelsFolder: string, options: EmbeddingOptions): Promise<EmbeddingModel> {
  const entry = modelOfTask(await readManifest(modelsFolder), 'embedding');
  requireSeverities(entry, modelsFolder);
  const folder = join(modelsFolder, entry.folder);
  await verifyFiles(folder, Object.values(entry.files));
  const tokenizer = await loadTokenizer(join(folder, entry.files.tokenizer.path));
  const session = await openSession(join(folder, entry.files.model.path), options, {
    inputs: ['input_ids', 'attention_mask'],
    outputs: ['embedding', 'severity_logits'],
  });
  const encode = options.reading === 'reference' ? encodeAsReference : encodeText;
  return {
    id: entry.id,
    version: modelVersion(entry.version, entry.files.model, entry.files.tokenizer),
    embed: (texts) =>
      embedTokens(
        session,
        entry,
        texts.map((text) => encode(tokenizer, text, entry.maxTokens)),
      ),
    close: () => session.release(),
  };
}

/** The model's labels must be ours in our order: an index is never guessed. */
function requireSeverities(entry: EmbeddingEntry, modelsFolder: string): void {
  if (entry.labels.join() === SEVERITIES.join()) return;
  throw new Fault(
    'model-labels',
    `${join(modelsFolder, 'manifest.json')} gives ${entry.id} the labels ${entry.labels.join(', ')}; expected ${SEVERITIES.join(', ')}`,
  );
}

async function embedTokens(
  session: InferenceSession,
  entry: EmbeddingEntry,
  texts: readonly Tokens[],
): Promise<readonly Embedded[]> {
  const embedded = new Array<Embedded>(texts.length);
  const batches = planBatches(
    texts.map(({ ids }) => ids.length),
    entry.maxTokens,
  );
  for (const [place, batch] of batches.entries()) {
    if (place > 0) await setImmediate(); // lets a server's other work in between two passes
    const { embedding, logits } = await runBatch(session, texts, batch);
    for (const [row, index] of batch.indexes.entries()) {
      embedded[index] = {
        embedding: rowOf(embedding, row, entry.dimensions),
        severityLogits: rowOf(logits, row, entry.labels.length),
        truncated: texts[index]?.truncated ?? false,
      };
    }
  }
  return embedded;
}

async function runBatch(
  session: InferenceSession,
  texts: readonly Tokens[],
  { indexes, length }: Batch,
): Promise<{ embedding: Float32Array; logits: Float32Array }> {
  const ids = new BigInt64Array(indexes.length * length);
  const mask = new BigInt64Array(indexes.length * length);
  for (const [row, index] of indexes.entries()) {
    let at = row * length;
    for (const id of texts[index]?.ids ?? []) {
      ids[at] = BigInt(id);
      mask[at] = 1n;
      at += 1;
    }
  }
  const shape = [indexes.length, length];
  const outputs = await session.run({
    input_ids: new Tensor('int64', ids, shape),
    attention_mask: new Tensor('int64', mask, shape),
  });
  return { embedding: floatsOf(outputs, 'embedding'), logits: floatsOf(outputs, 'severity_logits') };
}

/** An output's floats. A copy of each row is kept, so that one row does not keep a whole batch alive. */
function floatsOf(outputs: InferenceSession.OnnxValueMapType, name: string): Float32Array {
  const data = outputs[name]?.data;
  if (data instanceof Float32Array) return data;
  throw new Fault('model-file', `the model's output ${name} is no float32 tensor`);
}

function rowOf(values: Float32Array, row: number, width: number): Float32Array {
  return values.slice(row * width, (row + 1) * width);
}
