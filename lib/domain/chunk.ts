import * as z from 'zod';
import { checkpointSchema } from './checkpoint.ts';
import { jobIdSchema, objectRefSchema, tenantSchema } from './job.ts';

export { type Checkpoint, checkpointSchema } from './checkpoint.ts';

/** Where a chunk's records lie. A chunk points, it does not carry: the worker reads the bytes itself. */
export const chunkSchema = z.object({
  tenant: tenantSchema,
  jobId: jobIdSchema,
  /** From 0, contiguous in an upload; a log group's hour numbers its deliveries by their hash. */
  segment: z.int().nonnegative(),
  /** From 0 within its segment. */
  chunk: z.int().nonnegative(),
  object: objectRefSchema,
  /** Byte offsets, end exclusive; both at record boundaries. */
  start: z.int().nonnegative(),
  end: z.int().positive(),
  /** Records in the chunk, rejected ones included. */
  records: z.int().positive(),
  /** Row number of the first record, from 1, header not counted. */
  firstRow: z.int().positive(),
  /** Physical line number of the first record's first line, from 1. */
  firstLine: z.int().positive(),
  /** The job's resends when the chunk was sent; absent is 0. A dead letter of an earlier one says nothing about this one. */
  replay: z.int().positive().optional(),
});
export type Chunk = z.infer<typeof chunkSchema>;

/** Said when a segment may be whole; said twice it changes nothing. */
export const finishedSchema = z.object({
  tenant: tenantSchema,
  jobId: jobIdSchema,
  segment: z.int().nonnegative(),
});
export type Finished = z.infer<typeof finishedSchema>;

/** On the uploads queue beside S3's own events: read this job's source, from its beginning or from where reading stopped. */
export const ingestOrderSchema = z.object({
  tenant: tenantSchema,
  jobId: jobIdSchema,
  from: checkpointSchema.optional(),
});
export type IngestOrder = z.infer<typeof ingestOrderSchema>;
