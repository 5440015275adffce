import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { Fault } from '../domain/errors.ts';

const fileSchema = z.strictObject({
  /** Relative to the model's folder; it never leaves it. */
  path: z.string().regex(/^[\w.-]+$/, 'a file lies in the folder itself'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'sha256 is 64 hex digits'),
  bytes: z.int().positive(),
});
export type ModelFile = z.infer<typeof fileSchema>;

const describedShape = {
  id: z.string().min(1),
  version: z.string().min(1),
  /** Where its files lie, relative to the manifest; `.` is the manifest's own folder. */
  folder: z.string().regex(/^[\w.-]+$/, 'a folder beside the manifest'),
  files: z.strictObject({ model: fileSchema, tokenizer: fileSchema, config: fileSchema }),
  /** Special tokens included; a longer text is truncated. */
  maxTokens: z.int().min(8).max(512),
  licence: z.string().min(1),
  source: z.string().min(1),
};

/** A sentence encoder with a severity head: one pass gives an embedding and one logit per label. */
const embeddingEntrySchema = z.strictObject({
  ...describedShape,
  task: z.literal('embedding'),
  tokenizer: z.literal('wordpiece'),
  /** Pooling and normalisation are part of the graph. */
  pooling: z.literal('mean-in-graph'),
  dimensions: z.int().positive(),
  /** In the order of the logits, from least to most severe. */
  labels: z.array(z.string()).min(2),
});
export type EmbeddingEntry = z.infer<typeof embeddingEntrySchema>;

/** A natural-language-inference cross-encoder; which logit is `entailment` stands in its config file, by name. */
const entailmentEntrySchema = z.strictObject({
  ...describedShape,
  task: z.literal('entailment'),
  tokenizer: z.literal('unigram'),
});
export type EntailmentEntry = z.infer<typeof entailmentEntrySchema>;
export type ModelEntry = EmbeddingEntry | EntailmentEntry;

export const manifestSchema = z.strictObject({
  models: z.array(z.discriminatedUnion('task', [embeddingEntrySchema, entailmentEntrySchema])).min(1),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** Reads `manifest.json` of a folder. Throws `Fault('model-manifest')` that names the file and what is wrong in it. */
export async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, 'manifest.json');
  const parsed = manifestSchema.safeParse(await readJson(path, 'model-manifest'));
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw new Fault('model-manifest', `${path} is no model manifest: ${issues}`);
}

/** The manifest's one model of a task. */
export function modelOfTask<Task extends ModelEntry['task']>(
  manifest: Manifest,
  task: Task,
): Extract<ModelEntry, { task: Task }> {
  const isOfTask = (entry: ModelEntry): entry is Extract<ModelEntry, { task: Task }> => entry.task === task;
  const [entry, another] = manifest.models.filter(isOfTask);
  if (entry === undefined || another !== undefined)
    throw new Fault('model-manifest', `manifest.json must list exactly one model of the task "${task}"`);
  return entry;
}

/** A JSON file, unchecked. Throws `Fault(code)` that names the file when it is missing or no JSON. */
export async function readJson(path: string, code: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new Fault(code, `${path} cannot be read`, { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Fault(code, `${path} is no JSON`, { cause });
  }
}
