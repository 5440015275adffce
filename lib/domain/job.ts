import * as z from 'zod';
import { checkpointSchema } from './checkpoint.ts';
import { LIMITS, TENANT_PATTERN } from './limits.ts';
import { partialQuotaSchema } from './quota.ts';
import { SEVERITIES } from './severity.ts';

export const tenantSchema = z.string().regex(TENANT_PATTERN, 'a tenant is 3 to 32 of a-z, 0-9 and -');
/** 26 characters, time-ordered or a content hash; never holds a separator. */
export const jobIdSchema = z.string().regex(/^[0-9a-z]{26}$/, 'a job id is 26 of 0-9 and a-z');

export const JOB_STATES = ['awaiting-upload', 'running', 'completed', 'completed-with-failures', 'failed'] as const;
export type JobState = (typeof JOB_STATES)[number];
/** What a job's owner is told: a job that waits for its quota is running, and says that it waits. */
export const SHOWN_JOB_STATES = [...JOB_STATES, 'throttled'] as const;
export type ShownJobState = (typeof SHOWN_JOB_STATES)[number];
export const JOB_KINDS = ['batch', 'upload', 'log-group'] as const;
export const FORMATS = ['csv', 'ndjson', 'log'] as const;
export type Format = (typeof FORMATS)[number];

const columnName = z.string().min(1).max(LIMITS.columnNameChars).optional();
/** Which columns (or NDJSON keys) hold what; an absent one is recognised by its name. */
export const columnsSchema = z.strictObject({
  message: columnName,
  source: columnName,
  level: columnName,
  timestamp: columnName,
});
export type Columns = z.infer<typeof columnsSchema>;
const storedColumnsSchema = z.object(columnsSchema.shape);

/** An object as it was when the job began. `version` where the bucket keeps versions, `etag` always: a changed object is never read as the same one. */
export const objectRefSchema = z.object({
  bucket: z.string(),
  key: z.string(),
  version: z.string().optional(),
  etag: z.string().optional(),
});
export type ObjectRef = z.infer<typeof objectRefSchema>;

/** How the bytes of a job's source are cut into records; pinned when ingest has read the head of the source. */
export const layoutSchema = z.object({
  format: z.enum(FORMATS),
  /** CSV: one of `,` `;` tab. */
  delimiter: z.string().length(1).optional(),
  /** CSV: the header's names in their order. */
  header: z.array(z.string()).optional(),
  /** CSV: indexes into a row; NDJSON: absent, keys are looked up by name. */
  columns: storedColumnsSchema,
  /** log: lines that continue a record (stack frames, indented lines) belong to it. */
  joinContinuations: z.boolean(),
  /** The source of records that name none. */
  defaultSource: z.string(),
});
export type Layout = z.infer<typeof layoutSchema>;

/** What judges a job, fixed when it begins. */
export const pinsSchema = z.object({
  anomalyThreshold: z.number().min(0).max(1),
  chunkRecords: z.int().positive(),
  chunkBytes: z.int().positive(),
  segmentBytes: z.int().positive(),
  /** Hash of the labels that are not the service's own (LabelSetStore). */
  labelSet: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional(),
  /** Hash of the tenant's rules (RuleSetStore). */
  ruleSet: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional(),
  /** The tenant's own, as in Terms. */
  anomalyBaseRate: z.number().gt(0).lt(1).optional(),
});
export type Pins = z.infer<typeof pinsSchema>;

const countsShape = { accepted: z.int(), rejected: z.int(), failed: z.int() };

/** Counts of a segment or a job. `byCategory`, `byStage`, `bySeverity` and `anomalies` count accepted records. */
export const tallySchema = z.object({
  ...countsShape,
  anomalies: z.int(),
  degraded: z.int(),
  byCategory: z.record(z.string(), z.int()),
  byStage: z.record(z.string(), z.int()),
  bySeverity: z.partialRecord(z.enum(SEVERITIES), z.int()),
});
export type Tally = z.infer<typeof tallySchema>;

export const jobErrorSchema = z.object({ code: z.string(), message: z.string() });

/** A name that is not known here is passed over, here and in messages: while a deployment goes forward or back, new code writes what old code reads. */
export const jobSchema = z.object({
  tenant: tenantSchema,
  id: jobIdSchema,
  kind: z.enum(JOB_KINDS),
  /** What the owner calls it: a file's name, a log group's name and hour. */
  name: z.string(),
  state: z.enum(JOB_STATES),
  createdAt: z.string(),
  /** When anything last moved or the sweep last looked; the sweep looks at jobs that have not been touched for a while. */
  touchedAt: z.string(),
  /** What the sweep last set `touchedAt` to, and when anything else had moved, or been ordered by it, before. */
  swept: z.object({ at: z.string(), movedAt: z.string() }).optional(),
  endedAt: z.string().optional(),
  source: objectRefSchema.extend({ bytes: z.int() }).optional(),
  /** What the owner asked for by parameters or object metadata. */
  wanted: z.object({
    columns: storedColumnsSchema.optional(),
    format: z.enum(FORMATS).optional(),
    joinContinuations: z.boolean().optional(),
    source: z.string().max(128).optional(),
  }),
  /**
   * What an upload was announced with: its bytes, its own multipart upload where it is sent in parts, and as `asked` a
   * hash of the whole request, by which a repeat is told from another one; jobs made before there was one lack it.
   */
  upload: z
    .object({ bytes: z.int().positive(), multipartId: z.string().optional(), asked: z.string().optional() })
    .optional(),
  layout: layoutSchema.optional(),
  pins: pinsSchema,
  /** Known when ingest has read to the end. */
  totals: z.object({ segments: z.int(), chunks: z.int(), records: z.int() }).optional(),
  /** Records of a log group's hour that CloudWatch delivered twice; they are in the totals and in no count. */
  duplicates: z.int().nonnegative().optional(),
  /** The results file's multipart upload, where the job has more than one segment. */
  multipartId: z.string().optional(),
  results: z.object({ bucket: z.string(), key: z.string(), bytes: z.int() }).optional(),
  /** The sum of the segments' tallies, known when the job has ended. */
  tally: tallySchema.optional(),
  error: jobErrorSchema.optional(),
  /** The key that made it, and what of the tenant's quota that key may use; absent: no key did. */
  by: z.object({ keyId: z.string(), quota: z.object(partialQuotaSchema.shape).optional() }).optional(),
  /** Its lines were counted against the quota when it was sent. */
  counted: z.literal(true).optional(),
  /** It waits for lines of its quota: since when, where its reading goes on, and how many lines it was refused. */
  throttled: z
    .object({ since: z.string(), from: checkpointSchema.optional(), lines: z.int().positive().optional() })
    .optional(),
  /** When it last went on after it had waited or ended. */
  resumedAt: z.string().optional(),
  /** How often the results were begun anew; absent is 0. What was rendered under an earlier count no longer stands. */
  replays: z.int().positive().optional(),
  /** How many of the replays sent no chunk again: the upload of the results was gone. The others are the job's resends. */
  renewals: z.int().positive().optional(),
  /** The resend whose chunks have all been sent. */
  resent: z.int().positive().optional(),
  /** `JobFinished` was sent for the state the job is in. */
  announced: z.literal(true).optional(),
});
export type Job = z.infer<typeof jobSchema>;
