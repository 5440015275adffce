import type { Chunk } from './domain/chunk.ts';
import type { Job, JobState, ObjectRef, Tally } from './domain/job.ts';
import type { LabelSet } from './domain/label-set.ts';
import type { PartialQuota } from './domain/quota.ts';
import type { Severity } from './domain/severity.ts';
import type { TenantRule } from './domain/tenant-rule.ts';
import type { Terms } from './domain/terms.ts';
import type { Decision } from './domain/verdict.ts';

export interface ObjectInfo {
  readonly bytes: number;
  readonly etag: string;
  readonly version?: string;
  readonly lastModified: Date;
  readonly metadata: Readonly<Record<string, string>>;
}
export interface ByteRange {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/** Objects in buckets. Reading a ref whose version or etag no longer stands throws `InvalidInput('object-changed')`; a missing one `InvalidInput('object-missing')`. */
export interface ObjectStore {
  head(ref: ObjectRef): Promise<ObjectInfo | undefined>;
  read(ref: ObjectRef, range?: ByteRange): Promise<AsyncIterable<Uint8Array>>;
  /** Undefined when `ifAbsent` was asked and there is an object already. */
  put(
    bucket: string,
    key: string,
    body: Uint8Array | string,
    options?: { contentType?: string; metadata?: Record<string, string>; ifAbsent?: boolean },
  ): Promise<{ etag: string; version?: string } | undefined>;
  /** Up to 1,000 objects in the order of their keys, those after the key `after`. */
  list(
    bucket: string,
    prefix: string,
    after?: string,
  ): Promise<readonly { key: string; bytes: number; lastModified: Date }[]>;
  delete(bucket: string, key: string): Promise<void>;
  createMultipart(bucket: string, key: string, contentType: string): Promise<string>;
  /** False when the upload is gone. */
  putPart(bucket: string, key: string, multipartId: string, part: number, body: Uint8Array): Promise<boolean>;
  /** Completes with the parts the store lists. False when the upload is gone (completed or aborted before); `InvalidInput('upload-incomplete')` when the parts are not as expected. */
  completeMultipart(
    bucket: string,
    key: string,
    multipartId: string,
    expected?: { parts?: number; bytes?: number },
  ): Promise<boolean>;
  /** Nothing happens to an upload that is gone. */
  abortMultipart(bucket: string, key: string, multipartId: string): Promise<void>;
}

/** Links that let a client without our credentials read or write one object for a while. */
export interface LinkSigner {
  get(bucket: string, key: string, options: { seconds: number; fileName: string }): Promise<string>;
  put(
    bucket: string,
    key: string,
    options: { seconds: number; bytes: number },
  ): Promise<{ url: string; headers: Record<string, string> }>;
  /** Of exactly so many bytes. */
  part(
    bucket: string,
    key: string,
    multipartId: string,
    options: { part: number; bytes: number; seconds: number },
  ): Promise<string>;
}

/** A queue of JSON bodies. `group` is the tenant where the queue is fair. */
export interface Queue<Body> {
  send(bodies: readonly Body[], options?: { group?: string; delaySeconds?: number }): Promise<void>;
}

export interface DeadLetter {
  readonly body: string;
  /** Of this taking: by it the letter is removed. */
  readonly receipt: string;
}
/** A queue of messages that were given up on. What is taken is hidden for a while, and comes again unless it is removed. */
export interface DeadLetterQueue {
  /** At most ten. None does not mean that there are none. */
  take(): Promise<readonly DeadLetter[]>;
  remove(letters: readonly DeadLetter[]): Promise<void>;
}

/** A segment as ingest and the workers left it. */
export interface Segment {
  readonly segment: number;
  /** Known once ingest has closed the segment. */
  readonly closed?: {
    readonly object: ObjectRef;
    readonly start: number;
    readonly end: number;
    readonly chunks: number;
    readonly records: number;
    readonly firstRow: number;
    readonly firstLine: number;
  };
  readonly done: ReadonlySet<number>;
  /** Chunks that ended as dead letters and are not done, each with the job's resends when it last did. */
  readonly failed: ReadonlyMap<number, number>;
  /** Records of the chunks done. */
  readonly judged: { readonly accepted: number; readonly rejected: number };
  /** Which chunks are taken for failed in rendering; decided once per replay, so that two renderers write the same bytes. */
  readonly settled?: { readonly replay: number; readonly failed: readonly number[] };
  readonly rendered?: { readonly replay: number; readonly tally: Tally; readonly bytes: number };
}

/** What must still hold of a job for a change to be made. */
export interface JobGuard {
  readonly replays?: number;
  readonly absent?: 'layout' | 'totals' | 'multipartId';
}

/** Jobs and their progress. Reads are strongly consistent; writes are idempotent by key. A job is kept from its creation on, a segment from when it was last written. */
export interface JobStore {
  /** False when the job is there already. */
  create(job: Job): Promise<boolean>;
  get(tenant: string, jobId: string): Promise<Job | undefined>;
  /** Sets fields (an explicit undefined clears one) unless the job's state is not one of `from` or the guard does not hold; then undefined. */
  update(
    tenant: string,
    jobId: string,
    from: readonly JobState[],
    change: Partial<Omit<Job, 'tenant' | 'id'>>,
    guard?: JobGuard,
  ): Promise<Job | undefined>;
  /** Keeps a running job for as long as one that begins now. */
  keep(tenant: string, jobId: string): Promise<void>;
  /** Newest first. */
  list(tenant: string, options: { limit: number; cursor?: string }): Promise<{ jobs: readonly Job[]; cursor?: string }>;
  /** Jobs that are not over (awaiting, running, or ended and not announced) and were last touched before `before`. */
  idle(before: string, limit: number): Promise<readonly { tenant: string; jobId: string }[]>;
  /** First writer wins. */
  closeSegment(
    tenant: string,
    jobId: string,
    segment: number,
    closed: NonNullable<Segment['closed']>,
  ): Promise<Segment>;
  /** Set-add of the chunk's number: saying it twice changes nothing. */
  chunkDone(chunk: Chunk, judged: Segment['judged']): Promise<Segment>;
  /** Keeps the descriptor. A chunk done is never failed. */
  chunkFailed(chunk: Chunk, why: string): Promise<Segment>;
  failedChunks(tenant: string, jobId: string): Promise<readonly Chunk[]>;
  /** First writer of a replay wins; returns the segment as it then stands. */
  settleSegment(
    tenant: string,
    jobId: string,
    segment: number,
    settled: NonNullable<Segment['settled']>,
  ): Promise<Segment>;
  /** First writer of a replay wins. */
  segmentRendered(
    tenant: string,
    jobId: string,
    segment: number,
    rendered: NonNullable<Segment['rendered']>,
  ): Promise<void>;
  segment(tenant: string, jobId: string, segment: number): Promise<Segment | undefined>;
  /** In the order of their numbers, those from `from` on, at most `limit`. */
  segments(tenant: string, jobId: string, from?: number, limit?: number): Promise<readonly Segment[]>;
  /** The job that a log group's delivery, by a hash of its content, was last noted for. */
  deliveryJob(tenant: string, delivery: string): Promise<string | undefined>;
  noteDelivery(tenant: string, delivery: string, jobId: string): Promise<void>;
}

/** A page: the verdicts of a run of records, packed (lib/jobs/page.ts). */
export interface PageKey {
  readonly tenant: string;
  readonly jobId: string;
  readonly segment: number;
  readonly chunk: number;
  readonly page: number;
}
export interface PageStore {
  /** Put only if absent, so that redelivery cannot change what was shown. */
  putIfAbsent(key: PageKey, body: Uint8Array): Promise<void>;
  /** A segment's pages in order, from `after` on. */
  read(
    tenant: string,
    jobId: string,
    segment: number,
    after?: { chunk: number; page: number },
  ): AsyncIterable<{ key: PageKey; body: Uint8Array }>;
}

/** What a cascade answered before, by `(tenant, cascade version, source, level, canonical text, evidence)`; first writer wins. */
export interface VerdictCache {
  get(tenant: string, keys: readonly string[]): Promise<ReadonlyMap<string, Decision>>;
  put(tenant: string, entries: ReadonlyMap<string, Decision>): Promise<void>;
}

/** What a tenant has set for all its lines. */
export interface TenantSettings {
  readonly terms: Terms;
  /** Hash of the terms. */
  readonly version: string;
  readonly changedAt: string;
}
export interface TenantSettingsStore {
  get(tenant: string): Promise<TenantSettings | undefined>;
  /** False where `ifVersion` was asked and another version stands; `none` asks that there are no settings yet. */
  put(tenant: string, settings: TenantSettings, ifVersion?: string): Promise<boolean>;
}

/** Rule sets that jobs are pinned to, kept like label sets. */
export interface RuleSetStore {
  keep(tenant: string, hash: string, rules: readonly TenantRule[]): Promise<void>;
  get(tenant: string, hash: string): Promise<readonly TenantRule[] | undefined>;
}

/** Label sets that jobs are pinned to, by a hash of their content: a set never changes. */
export interface LabelSetStore {
  /** Keeps a set for as long as a job that begins today, or goes on waiting today, can be asked about. */
  keep(tenant: string, hash: string, labels: LabelSet): Promise<void>;
  get(tenant: string, hash: string): Promise<LabelSet | undefined>;
}

export interface ApiKey {
  readonly tenant: string;
  readonly keyId: string;
  readonly name: string;
  readonly scopes: readonly ('ingest' | 'read' | 'admin')[];
  readonly createdAt: string;
  /** The key that made it; absent: made by the owner of the account. */
  readonly createdBy?: string;
  readonly rotatedAt?: string;
  readonly revokedAt?: string;
  readonly revokedBy?: string;
  /** What it may use of its tenant's quota; absent: all of it. */
  readonly quota?: PartialQuota;
}
/** A key with what opens it. */
export interface StoredKey extends ApiKey {
  /** Hashes of its secrets; a rotated one may stand for a while beside the new. */
  readonly secrets: readonly { readonly hash: string; readonly until?: string }[];
}
/** API keys; secrets are known by their hashes alone. Reads are strongly consistent. */
export interface KeyStore {
  /** Adds a key that the hash opens. Nothing happens where the hash is known already. */
  create(hash: string, key: ApiKey): Promise<void>;
  /** The key that a hash opens now, revoked or not. */
  find(hash: string): Promise<ApiKey | undefined>;
  /** A tenant's keys, oldest first. */
  list(tenant: string): Promise<readonly StoredKey[]>;
  /**
   * Changes a tenant's keys at once or not at all: `change` may be called again with what another made of them meanwhile,
   * and what it throws is passed on. `adds`: a hash that the change lets open a key.
   */
  change(
    tenant: string,
    change: (keys: readonly StoredKey[]) => readonly StoredKey[],
    adds?: { readonly hash: string; readonly keyId: string },
  ): Promise<readonly StoredKey[]>;
}

/** A number that processes share, of a tenant: a quota's use in a window. */
export interface CounterName {
  readonly tenant: string;
  /** `lines`, or `lines#key-1`. */
  readonly name: string;
  /** The minute or day it counts. */
  readonly window: string;
}
export interface CounterStore {
  /** Takes `least` to `most` of what the limit leaves, atomically, or nothing; what came of it, and how much is taken by now in all. */
  take(
    counter: CounterName,
    wanted: { least: number; most: number },
    limit: number,
  ): Promise<{ granted: number; taken: number }>;
  giveBack(counter: CounterName, count: number): Promise<void>;
  taken(counter: CounterName): Promise<number>;
  /** True for the first who says so of this id; kept for some days. */
  markOnce(tenant: string, id: string): Promise<boolean>;
  isMarked(tenant: string, id: string): Promise<boolean>;
}

/** What was used: lines judged, requests answered, what the language model was asked and is estimated to cost. */
export interface Use {
  readonly requests: number;
  readonly lines: number;
  readonly llmCalls: number;
  readonly llmInputTokens: number;
  readonly llmOutputTokens: number;
  /** Millionths of a US dollar. */
  readonly llmMicroUsd: number;
}
/** By whom on which day of UTC (`2026-03-01`). `keyId` is `drops` or `logs` where no key was used. */
export interface UseOf {
  readonly tenant: string;
  readonly day: string;
  readonly keyId: string;
}
export interface UsageStore {
  add(of: UseOf, use: Use): Promise<void>;
  /** From one day to another, both included, in order of day. */
  read(tenant: string, from: string, to: string): Promise<readonly (UseOf & { readonly use: Use })[]>;
}

/** Sums by series, added up over all processes; a series is `metric|group|rest` (lib/metrics). */
export interface MetricStore {
  add(sums: ReadonlyMap<string, number>): Promise<void>;
  read(): Promise<ReadonlyMap<string, number>>;
}
/** Counts what this process does. `labels` as the metric has them; never a tenant's name. */
export interface Meter {
  count(metric: string, labels: readonly string[], by?: number): void;
  observeMs(metric: string, labels: readonly string[], ms: number): void;
}
/** How many messages wait on each queue, dead letters included. */
export interface QueueDepths {
  read(): Promise<ReadonlyMap<string, number>>;
}

export interface Embedded {
  /** 384 floats, unit length. */
  readonly embedding: Float32Array;
  /** One logit per severity, in the order of SEVERITIES. */
  readonly severityLogits: Float32Array;
  /** The text was over the model's tokens and its head and tail were read. */
  readonly truncated: boolean;
}
/** One pass of the starter model. A text's numbers do not depend on its neighbours in the call. */
export interface EmbeddingModel {
  readonly id: string;
  readonly version: string;
  embed(texts: readonly string[]): Promise<readonly Embedded[]>;
  close(): Promise<void>;
}

/** A natural-language-inference cross-encoder. */
export interface EntailmentModel {
  readonly id: string;
  readonly version: string;
  /** For each hypothesis the logits of `entailment` and of not, given the premise. */
  entail(
    premise: string,
    hypotheses: readonly string[],
  ): Promise<readonly { entailment: number; notEntailment: number }[]>;
  close(): Promise<void>;
}

/** One call to a language model: texts in, a label of the list (or none) for each. Throws `Retryable` when the service does not answer well. */
export interface LanguageModel {
  readonly id: string;
  readonly version: string;
  label(
    texts: readonly { source: string; level: Severity | undefined; text: string }[],
    labels: readonly { name: string; description: string }[],
    options: { timeoutMs: number },
  ): Promise<readonly ({ label: string; confidence: number; reason: string } | undefined)[]>;
}

/** Tells the world that a job has ended; may say so twice. */
export interface JobEvents {
  jobFinished(job: Job): Promise<void>;
}

/** Secrets by name or ARN. */
export interface Secrets {
  get(id: string): Promise<string>;
}

export interface Clock {
  now(): Date;
}
export type Log = (
  level: 'info' | 'warn' | 'error',
  event: string,
  fields?: Readonly<Record<string, string | number | boolean | undefined>>,
) => void;
