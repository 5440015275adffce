import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { Fault } from '../domain/errors.ts';

const fileSchema = z.strictObject({
  /** Relative to the model's folder; it never leaves it. */
  path: z.string().regex(/^(?!\.)[\w.-]+$/, 'a file lies in the folder itself'),
  /** Where the file lies in the repository it is published in, if elsewhere: `onnx/model.onnx`. */
  from: z
    .string()
    .regex(/^(?!\.)[\w.-]+(\/(?!\.)[\w.-]+)*$/, 'a path without dots at the start of its names')
    .optional(),
  /** Absent where nobody has told us yet; it is then taken from the first pull and pinned. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'sha256 is 64 hex digits')
    .optional(),
  bytes: z.int().positive().optional(),
});
export type ModelFile = z.infer<typeof fileSchema>;
/** A file whose content is known. */
export type PinnedFile = ModelFile & { readonly sha256: string; readonly bytes: number };

/**
 * How the weights are kept. `static`: int8 with activation scales frozen in the file. `dynamic`: int8 whose scales are
 * taken over the whole tensor of a pass, so that a text's numbers move with its neighbours and its padding; such a file
 * is run one text or pair a pass, unpadded.
 */
export const quantisationSchema = z.enum(['none', 'static', 'dynamic']);
export type Quantisation = z.infer<typeof quantisationSchema>;

const describedShape = {
  id: z.string().regex(/^(?!\.)[\w.-]+$/, 'letters, digits, dots, hyphens and underscores'),
  version: z.string().min(1),
  /** Where its files lie, relative to the manifest; `.` is the manifest's own folder. Absent: it has to be pulled or added. */
  folder: z
    .string()
    .regex(/^(\.|(?!\.)[\w.-]+)$/, 'a folder beside the manifest')
    .optional(),
  /** The repository of the hub that publishes it, `owner/name`, and the commit of it that is meant. */
  repository: z
    .string()
    .regex(/^[\w-][\w.-]*\/[\w-][\w.-]*$/, 'owner/name')
    .optional(),
  revision: z
    .string()
    .regex(/^[0-9a-f]{40}$/, 'a commit, 40 hex digits')
    .optional(),
  /** The id of the model that `quantise` makes this one from. */
  quantisedFrom: z.string().optional(),
  files: z.strictObject({
    model: fileSchema,
    tokenizer: fileSchema,
    config: fileSchema,
    /** What `tokenizer.json` was made from; kept beside it, never read. */
    sentencepiece: fileSchema.optional(),
  }),
  quantisation: quantisationSchema,
  /** Special tokens included; a longer text is truncated. */
  maxTokens: z.int().min(8).max(512),
  licence: z.string().min(1),
  source: z.string().min(1),
  /** How we trained it and how it did: for readers, not read. */
  training: z.record(z.string(), z.unknown()).optional(),
  scores: z.record(z.string(), z.unknown()).optional(),
};

/** A sentence encoder; with `labels` it has a severity head too, and one pass gives an embedding and a logit per label. */
const embeddingEntrySchema = z.strictObject({
  ...describedShape,
  task: z.literal('embedding'),
  tokenizer: z.literal('wordpiece'),
  /** Whether the mean over a text's tokens, scaled to unit length, is taken in the graph or by us. */
  pooling: z.enum(['mean-in-graph', 'mean']),
  dimensions: z.int().positive(),
  /** In the order of the logits, from least to most severe. */
  labels: z.array(z.string()).min(2).optional(),
});
export type EmbeddingEntry = z.infer<typeof embeddingEntrySchema>;
/** An encoder with a severity head. */
export type SeverityEntry = EmbeddingEntry & { readonly labels: readonly string[] };

/** A natural-language-inference cross-encoder; which logit is `entailment` stands in its config file, by name. */
const entailmentEntrySchema = z.strictObject({
  ...describedShape,
  task: z.literal('entailment'),
  tokenizer: z.literal('unigram'),
  /** What its config file is to say, in the order of the logits. */
  labels: z.array(z.string()).min(2).optional(),
  /** How a label becomes a hypothesis where nobody asks for another wording. */
  hypothesisTemplate: z
    .string()
    .refine((template) => template.includes('{}'), 'a template has {} where the label goes')
    .default('This example is {}.'),
});
export type EntailmentEntry = z.infer<typeof entailmentEntrySchema>;

export const entrySchema = z.discriminatedUnion('task', [embeddingEntrySchema, entailmentEntrySchema]);
export type ModelEntry = z.infer<typeof entrySchema>;

export const manifestSchema = z
  .strictObject({ models: z.array(entrySchema).min(1) })
  .refine(({ models }) => new Set(models.map(({ id }) => id)).size === models.length, 'an id is listed twice');
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
  return only(manifest, manifest.models.filter(isOfTask), `model of the task "${task}"`);
}

/** The manifest's one encoder with a severity head, which the cascade reads lines with. */
export function severityModel(manifest: Manifest): SeverityEntry {
  const hasHead = (entry: ModelEntry): entry is SeverityEntry =>
    entry.task === 'embedding' && entry.labels !== undefined;
  return only(manifest, manifest.models.filter(hasHead), 'model of the task "embedding" with severity labels');
}

function only<Entry>({ models }: Manifest, found: readonly Entry[], what: string): Entry {
  const [entry, another] = found;
  if (entry !== undefined && another === undefined) return entry;
  const listed = models.map(({ id, task }) => `${id} (${task})`).join(', ');
  throw new Fault('model-manifest', `manifest.json must list exactly one ${what}; it lists ${listed}`);
}

/** The files of an entry that is to be loaded. Throws `Fault('model-manifest')` where a digest is missing. */
export function pinnedFiles(entry: ModelEntry): readonly PinnedFile[] {
  return Object.values(entry.files).map((file) => {
    if (isPinned(file)) return file;
    throw new Fault('model-manifest', `manifest.json gives no sha256 and size of ${entry.id}'s ${file.path}`);
  });
}

export function isPinned(file: ModelFile): file is PinnedFile {
  return file.sha256 !== undefined && file.bytes !== undefined;
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
