import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type EntailmentEntry, type ModelEntry, manifestSchema } from '../../lib/inference/manifest.ts';

const NLI_TINY = resolve('test/fixtures/nli-tiny');
const REVISION = '0123456789abcdef0123456789abcdef01234567';

/** The tiny cross-encoder as if it were published: its entry, and the hub's files by path. */
export async function aPublishedModel(change: { id?: string; pinned?: boolean } = {}) {
  const [model, tokenizer, config] = await Promise.all(
    ['model.onnx', 'tokenizer.json', 'config.json'].map((name) => readFile(join(NLI_TINY, name))),
  );
  if (model === undefined || tokenizer === undefined || config === undefined) throw new Error('no fixture');
  const entry: EntailmentEntry = {
    id: change.id ?? 'tiny',
    version: '1',
    task: 'entailment',
    repository: 'acme/tiny',
    revision: REVISION,
    files: {
      model: { path: 'model.onnx', from: 'onnx/model.onnx', ...(change.pinned === false ? {} : digestOf(model)) },
      tokenizer: { path: 'tokenizer.json', ...(change.pinned === false ? {} : digestOf(tokenizer)) },
      config: { path: 'config.json' },
    },
    quantisation: 'none',
    tokenizer: 'unigram',
    maxTokens: 512,
    hypothesisTemplate: 'This example is {}.',
    licence: 'MIT',
    source: 'http://hub/acme/tiny',
  };
  const at = `/acme/tiny/resolve/${REVISION}`;
  const files: Record<string, Buffer> = {
    [`${at}/onnx/model.onnx`]: model,
    [`${at}/tokenizer.json`]: tokenizer,
    [`${at}/config.json`]: config,
  };
  return { entry, files, paths: Object.keys(files), bytes: model.length + tokenizer.length + config.length };
}

export function digestOf(content: Buffer): { sha256: string; bytes: number } {
  return { sha256: createHash('sha256').update(content).digest('hex'), bytes: content.length };
}

/** A folder with nothing but a manifest of these models. */
export async function aModelsManifest(folder: string, models: readonly ModelEntry[]): Promise<string> {
  const path = join(folder, 'models');
  await mkdir(path, { recursive: true });
  await writeFile(join(path, 'manifest.json'), JSON.stringify(manifestSchema.parse({ models })));
  return path;
}
