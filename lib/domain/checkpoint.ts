import * as z from 'zod';

/** Where ingest stopped reading, always at a record boundary and a chunk's edge. */
export const checkpointSchema = z.object({
  /** Byte offset in the object (inflated bytes for gzip). */
  offset: z.int().nonnegative(),
  row: z.int().positive(),
  line: z.int().positive(),
  segment: z.int().nonnegative(),
  chunk: z.int().nonnegative(),
  chunks: z.int().nonnegative(),
  /** Of the open segment: where it began, and what it holds so far. */
  segmentStart: z.int().nonnegative(),
  segmentFirstRow: z.int().positive(),
  segmentFirstLine: z.int().positive(),
  segmentRecords: z.int().nonnegative(),
  segmentWeight: z.int().nonnegative(),
});
export type Checkpoint = z.infer<typeof checkpointSchema>;
