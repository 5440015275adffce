const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

/** Every bound of the service, in one place. Changing one that cuts chunks or segments only affects new jobs: a job pins its own. */
export const LIMITS = {
  /** A record over this is rejected at its first line; scanning goes on at the next newline. */
  recordBytes: 1 * MiB,
  /** Of a longer message the head and tail are read (a tokenizer sees 128 tokens anyway). */
  messageChars: 8 * KiB,
  /** A pattern is stored and shown up to this length. */
  patternChars: 512,
  reasonChars: 240,
  sourceChars: 128,
  /** Columns of a CSV; a header with more is refused. */
  columns: 512,
  /** Of a column that holds message, source, level or timestamp. */
  columnNameChars: 256,

  classifyRecords: 500,
  classifyBytes: 1 * MiB,
  classifyDeadlineMs: 20_000,
  /** Rows of a CSV that are judged while its sender waits: all new patterns, they take the model some 5 s. */
  csvRowsNow: 2_000,
  /** Of the same rows, inflated: the answer repeats them in 6 MB of JSON, where a quote takes two bytes. */
  csvBytesNow: 2 * MiB,

  /** On the wire: Lambda takes 6 MB of base64, which is 4.5 MB of bytes, less the envelope. */
  batchWireBytes: 4 * MiB,
  batchInflatedBytes: 32 * MiB,
  /** Of a JSON array: each is parsed by itself. NDJSON is only counted, whatever its lines. */
  batchRecords: 500_000,
  /** Arrays and objects in one another, of a record of a JSON array. JSON.stringify takes some thousand. */
  recordLevels: 1_000,

  /** Of a request that describes something and carries no lines. */
  requestBytes: 256 * KiB,

  uploadBytes: 64 * GiB,
  uploadNameChars: 512,
  /** Above this an upload gets part links instead of one. S3 takes 5 GiB in one PUT. */
  singlePutBytes: 1 * GiB,
  uploadPartBytes: 64 * MiB,
  linkSeconds: 3600,
  /** A gzip that inflates beyond this ratio or total is refused as a bomb. */
  inflateRatio: 200,
  inflatedBytes: 64 * GiB,
  /** Of a gzip, in a row. They are staged at once: without a bound a small gzip of newlines fills the memory. */
  blankLines: 1_000_000,

  /** A chunk closes at the first of these: 8,000 records that are all new patterns take a model about 10 s on two cores. */
  chunkRecords: 8_000,
  chunkBytes: 2 * MiB,
  /** S3 wants parts of 5 MiB or more; a segment's results are larger than its source (see segmentTargetBytes). */
  segmentBytes: 16 * MiB,
  segments: 5_000,
  /** Chunks of one job that may be on the queue before ingest pauses and continues later. */
  chunksInFlight: 200,

  /** A page is one DynamoDB item of at most 400 KB. */
  pageRecords: 1_000,
  pageBytes: 300 * KiB,

  /** Labels of a request or a tenant. A set is one DynamoDB item, and its texts are embedded before the first verdict. */
  labels: 100,
  labelChars: 64,
  labelTextChars: 400,
  labelExamples: 50,
  labelSetExamples: 500,
  labelSetChars: 64 * KiB,
  hypothesisTemplateChars: 200,
  /** How long a process may go on with a tenant's settings after they were changed. */
  tenantSettingsSeconds: 60,

  /** Keys of a tenant that open something, and those that are shown beside them because they once did: one DynamoDB item. */
  keys: 100,
  keysListed: 300,
  keyNameChars: 100,
  /** Of one key that was rotated again before the older secrets had ended. */
  keySecrets: 3,
  /** How long an older secret may stand beside the new one. */
  keyGraceSeconds: 7 * 24 * 3600,
  /** How long the gateway may go on with a key after it was revoked (infra/topology.ts). */
  keyCacheSeconds: 60,

  /** Lines or requests that a process takes of a quota at a time, at most: what is lost of it when the process ends. */
  leaseLines: 100_000,
  leaseRequests: 10_000,
  /** A lease is at most this part of the quota, so that many processes share a small one fairly. */
  leasesPerQuota: 100,
  /** Counts of use are kept this long. */
  usageDays: 400,
  /** Days of one answer about use. */
  usageDaysListed: 92,

  /** A tenant's own rules, asked before the service's. */
  rules: 200,
  rulePatternChars: 400,
  /** What RE2 compiles one pattern to, and all of a tenant's: a text of 1,000 characters takes some 50 ms of the latter at worst. */
  ruleInstructions: 1_000,
  rulesInstructions: 10_000,

  listItems: 100,
  /** Jobs, pages and results are kept this long, the data bucket's objects too, unless a stage says otherwise: at least as long as a job may take. */
  retentionDays: 30,
  leastRetentionDays: 8,
  mostRetentionDays: 3_650,
} as const;

export const TENANT_PATTERN = /^[a-z0-9-]{3,32}$/;
