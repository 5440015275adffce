import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { InvalidInput } from '../../lib/domain/errors.ts';

const idsSchema = z.array(z.int().nonnegative());
const floatsSchema = z.array(z.number());

/** What a reference implementation made of a text with a sentence encoder. */
const sentenceRowSchema = z.looseObject({
  text: z.string(),
  input_ids: idsSchema,
  embedding: floatsSchema.optional(),
  /** Of models published in two precisions: of the file as published, and of the quantised one. */
  fp32_embedding: floatsSchema.optional(),
  int8_embedding: floatsSchema.optional(),
  severity_logits: floatsSchema.optional(),
});
export type SentenceRow = z.infer<typeof sentenceRowSchema>;

/** What it made of a text and some labels with a cross-encoder: a pair of logits and of ids per label. */
const entailmentRowSchema = z.looseObject({
  text: z.string(),
  labels: z.array(z.string()).min(1),
  hypothesis_template: z.string(),
  input_ids: z.array(idsSchema),
  logits: z.array(floatsSchema),
  single_label: z.record(z.string(), z.number()),
  multi_label: z.record(z.string(), z.number()),
});
export type EntailmentRow = z.infer<typeof entailmentRowSchema>;

export const readSentenceRows = (folder: string) => readRows(folder, sentenceRowSchema);
export const readEntailmentRows = (folder: string) => readRows(folder, entailmentRowSchema);

/** Rows of `golden.jsonl`. Throws `InvalidInput('golden')` that names the line at fault. */
async function readRows<Schema extends z.ZodType>(folder: string, schema: Schema): Promise<readonly z.infer<Schema>[]> {
  const path = join(folder, 'golden.jsonl');
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new InvalidInput('golden', `${path} cannot be read: there is nothing to compare the model with`, { cause });
  });
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0) throw new InvalidInput('golden', `${path} is empty`);
  return lines.map((line, index) => {
    const parsed = schema.safeParse(parseJson(line));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const why = `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim();
    throw new InvalidInput('golden', `${path}, line ${index + 1}, is no golden row of this kind of model: ${why}`);
  });
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
