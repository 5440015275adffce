import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import * as z from 'zod';
import { Fault } from '../domain/errors.ts';
import { SEVERITIES } from '../domain/severity.ts';
import { type ModelEntry, modelOfTask, type PinnedFile, readJson, readManifest } from './manifest.ts';
import { scanGraph } from './scan-graph.ts';
import { sha256OfFile, sizeOfFile } from './verify-files.ts';

const configSchema = z.looseObject({ id2label: z.unknown().optional(), hidden_size: z.int().positive().optional() });
/** What the reference implementations read of a text. */
const MAX_TOKENS = { entailment: 512, severity: 128, sentence: 256 };

/**
 * The entry of the model in a folder: of its own `manifest.json`, else of `known` models the one with the same weights,
 * else what the usual file names, the config and the graph say. Without a manifest the digests are those found.
 * Throws `Fault` (`model-manifest`, `model-file`) that names the file at fault.
 */
export async function describeFolder(
  folder: string,
  { task, known = [] }: { readonly task?: ModelEntry['task']; readonly known?: readonly ModelEntry[] } = {},
): Promise<ModelEntry> {
  if (existsSync(join(folder, 'manifest.json'))) return listedEntry(folder, task);
  const files = {
    model: await pinnedFile(folder, modelFile(folder)),
    tokenizer: await pinnedFile(folder, 'tokenizer.json'),
    config: await pinnedFile(folder, 'config.json'),
  };
  const found =
    known.find((entry) => entry.files.model.sha256 === files.model.sha256) ?? (await unknownEntry(folder, files, task));
  return { ...found, version: 'unlisted', folder: '.', files };
}

async function listedEntry(folder: string, task: ModelEntry['task'] | undefined): Promise<ModelEntry> {
  const manifest = await readManifest(folder);
  if (task !== undefined) return modelOfTask(manifest, task);
  const [entry, another] = manifest.models;
  if (entry !== undefined && another === undefined) return entry;
  throw new Fault('model-manifest', `${join(folder, 'manifest.json')} must list exactly one model`);
}

/** `model.onnx`, or the only other ONNX file there is. */
function modelFile(folder: string): string {
  const named = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.onnx')) : [];
  const [only] = named;
  return named.length === 1 && only !== undefined ? only : 'model.onnx';
}

async function pinnedFile(folder: string, path: string): Promise<PinnedFile> {
  const whole = join(folder, path);
  const sha256 = await sha256OfFile(whole);
  return { path, sha256, bytes: await sizeOfFile(whole) };
}

async function unknownEntry(
  folder: string,
  files: ModelEntry['files'],
  task: ModelEntry['task'] | undefined,
): Promise<ModelEntry> {
  const path = join(folder, files.model.path);
  const config = configSchema.safeParse(await readJson(join(folder, files.config.path), 'model-file'));
  const { quantisation, hasSeverityLogits, hasHiddenState } = await scanGraph(path);
  const rest = {
    id: basename(resolve(folder)),
    version: 'unlisted',
    files,
    quantisation,
    licence: 'unknown',
    source: folder,
  };
  if (task === 'entailment' || (task === undefined && config.data?.id2label !== undefined)) {
    const hypothesisTemplate = 'This example is {}.';
    return { ...rest, task: 'entailment', tokenizer: 'unigram', maxTokens: MAX_TOKENS.entailment, hypothesisTemplate };
  }
  const dimensions = config.data?.hidden_size;
  if (dimensions === undefined) throw new Fault('model-file', `${join(folder, files.config.path)} has no hidden_size`);
  const embedding = { ...rest, task: 'embedding', tokenizer: 'wordpiece', dimensions } as const;
  if (hasSeverityLogits)
    return { ...embedding, pooling: 'mean-in-graph', labels: [...SEVERITIES], maxTokens: MAX_TOKENS.severity };
  if (hasHiddenState) return { ...embedding, pooling: 'mean', maxTokens: MAX_TOKENS.sentence };
  throw new Fault('model-file', `${path} is neither a sentence encoder nor a cross-encoder`);
}
