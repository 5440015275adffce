import * as z from 'zod';
import { JOB_KINDS, JOB_STATES, jobErrorSchema, jobIdSchema, SHOWN_JOB_STATES } from '../../domain/job.ts';
import { LIMITS } from '../../domain/limits.ts';
import { SEVERITIES } from '../../domain/severity.ts';
import type { JobView } from '../../jobs/ask/job-view.ts';
import type { ResultsLink } from '../../jobs/ask/link-results.ts';
import type { PatternView } from '../../jobs/ask/list-patterns.ts';
import type { RowView } from '../../jobs/ask/list-verdicts.ts';
import { countsSchema, verdictSchema } from './verdict.ts';

const count = z.int().min(0);
const jobId = jobIdSchema.describe('26 of `0-9a-z`.');
const address = z.string().describe('Below the base address: `/v1/jobs/{id}`.');

/** A job as its owner sees it. */
export const jobSchema = z
  .object({
    jobId,
    kind: z.enum(JOB_KINDS),
    name: z.string(),
    state: z.enum(SHOWN_JOB_STATES).describe('`throttled`: it waits for lines of its quota.'),
    createdAt: z.iso.datetime(),
    endedAt: z.iso.datetime().optional(),
    bytes: count.optional(),
    anomalyThreshold: z.number().min(0).max(1),
    counts: z
      .object({ found: count, accepted: count, rejected: count, failed: count })
      .describe('`accepted + rejected + failed = found` once the job has ended.'),
    progress: z.number().min(0).max(1).optional().describe('Absent while the number of records is unknown.'),
    anomalies: count,
    degraded: count,
    byCategory: countsSchema,
    byStage: countsSchema,
    bySeverity: z.partialRecord(z.enum(SEVERITIES), count),
    replays: count,
    resultsBytes: count.optional(),
    error: jobErrorSchema.optional(),
  })
  .meta({ id: 'Job' }) satisfies z.ZodType<JobView>;

export const jobListSchema = z.object({ jobs: z.array(jobSchema), cursor: z.string().optional() });

const place = { row: z.int().min(1), line: z.int().min(1) };

export const verdictPageSchema = z.object({
  rows: z.array(
    z.union([
      z.object({ ...place, verdict: verdictSchema }),
      z.object({ ...place, rejection: z.string().describe('Why the row could not be read.') }),
    ]) satisfies z.ZodType<RowView>,
  ),
  cursor: z
    .string()
    .optional()
    .describe('Absent at the end. An answer with a cursor may hold fewer rows than asked for.'),
});

export const patternPageSchema = z.object({
  patterns: z.array(
    z.object({
      patternId: z.string(),
      pattern: z.string(),
      count,
      verdict: verdictSchema,
      example: z.object({ ...place, text: z.string() }).describe('The first record of the pattern.'),
    }) satisfies z.ZodType<PatternView>,
  ),
  isWhole: z.boolean().describe('False while the job runs.'),
  cursor: z.string().optional(),
});

export const resultsLinkSchema = z.object({
  url: z.string(),
  seconds: z.int().min(1).describe('How long the link works.'),
  fileName: z.string(),
  bytes: count,
}) satisfies z.ZodType<ResultsLink>;

/** What is said of a job that has just begun. */
export const startedJobSchema = z.object({ jobId, state: z.enum(JOB_STATES), job: address }).meta({ id: 'StartedJob' });

export const startedBatchSchema = startedJobSchema.extend({ records: count }).meta({ id: 'StartedBatch' });

const uploadShape = { ...startedJobSchema.shape, expiresInSeconds: z.int().min(1).max(LIMITS.linkSeconds) };
export const startedUploadSchema = z.union([
  z
    .object({
      ...uploadShape,
      method: z.literal('PUT'),
      url: z.string(),
      headers: z.record(z.string(), z.string()).describe('To be sent with the bytes.'),
    })
    .describe('One link that takes the whole file.'),
  z
    .object({
      ...uploadShape,
      parts: z
        .array(z.object({ part: z.int().min(1), start: count, end: z.int().min(1), url: z.string() }))
        .describe('A link for each part; `start` and `end` (exclusive) are its bytes of the file.'),
      complete: address.describe('To be posted when every part is there.'),
    })
    .describe('Links for the parts of a large file.'),
]);
