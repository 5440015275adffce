import * as z from 'zod';
import type { Embedded } from '../ports.ts';

/** What the embedding thread is started with, asked, and says once it is ready. */
export const workerDataSchema = z.strictObject({ modelsFolder: z.string(), threads: z.int().nonnegative() });
export const textsSchema = z.array(z.string());
export const namedSchema = z.strictObject({ id: z.string(), version: z.string() });

/** Answers of one call, packed so that two buffers are handed over, and one of a byte a text copied, instead of two arrays a text. */
export const packedSchema = z.strictObject({
  embeddings: z.instanceof(Float32Array),
  logits: z.instanceof(Float32Array),
  truncated: z.instanceof(Uint8Array),
});
type Packed = z.infer<typeof packedSchema>;

export function packEmbedded(answers: readonly Embedded[]): Packed {
  return {
    embeddings: concatenate(answers.map(({ embedding }) => embedding)),
    logits: concatenate(answers.map(({ severityLogits }) => severityLogits)),
    truncated: Uint8Array.from(answers, ({ truncated }) => Number(truncated)),
  };
}

/** The inverse of `packEmbedded`; the arrays are views of the packed ones. */
export function unpackEmbedded({ embeddings, logits, truncated }: Packed): readonly Embedded[] {
  const width = embeddings.length / truncated.length;
  const labels = logits.length / truncated.length;
  return Array.from(truncated, (flag, row) => ({
    embedding: embeddings.subarray(row * width, (row + 1) * width),
    severityLogits: logits.subarray(row * labels, (row + 1) * labels),
    truncated: flag === 1,
  }));
}

/** All rows are of one length. */
function concatenate(rows: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const width = rows[0]?.length ?? 0;
  const all = new Float32Array(rows.length * width);
  for (const [row, values] of rows.entries()) all.set(values, row * width);
  return all;
}
