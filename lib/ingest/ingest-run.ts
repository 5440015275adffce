import type { Checkpoint, Chunk } from '../domain/chunk.ts';
import type { Job, ObjectRef } from '../domain/job.ts';
import { type ChunkSpan, createChunkCutter, type SegmentSpan, type Totals } from './cut-chunks.ts';
import { watchInFlight } from './in-flight.ts';
import type { IngestPorts } from './ingest-ports.ts';
import type { OpenedSource } from './open-source.ts';
import { createRecordScanner } from './scan-records.ts';
import { createGzipStaging, type GzipStaging, stagingRef } from './stage-gzip.ts';

const SMALL_BYTES = 1024 * 1024;

export interface IngestRun {
  push(bytes: Uint8Array): void;
  /** Sends what push found. */
  deliver(): Promise<void>;
  /** Sends the rest and the totals. */
  finish(): Promise<void>;
  abort(): Promise<void>;
  /** Where a later run goes on: all before it was delivered. */
  checkpoint(): Checkpoint;
  isCrowded(): Promise<boolean>;
}

/** One pass over a source, or over what a checkpoint left of it. */
export function startRun(
  ports: IngestPorts,
  job: Job,
  ref: ObjectRef,
  opened: OpenedSource,
  from: Checkpoint,
): IngestRun {
  const staging = opened.isGzip ? openStaging(ports, job, from) : undefined;
  const chunks: ChunkSpan[] = [];
  const segments: SegmentSpan[] = [];
  const cutter = createChunkCutter(job.pins, from, {
    chunk: (span) => chunks.push(staging?.closeChunk(span) ?? span),
    segment: (span) => {
      segments.push(staging?.closeSegment(span) ?? span);
      if (staging !== undefined) resumeAt = undefined;
    },
  });
  /** Of a gzip only a segment's end can be gone on from: its staging object is written whole or not at all. */
  let resumeAt: Checkpoint | undefined = from;
  const scanner = createRecordScanner(opened.layout, from, (record) => {
    cutter.add(record);
    resumeAt ??= cutter.checkpoint();
    staging?.append(record);
  });
  const inFlight = watchInFlight(ports.jobs, job);
  const objectOf = (segment: number) =>
    staging === undefined ? ref : stagingRef({ bucket: ports.dataBucket, tenant: job.tenant, jobId: job.id }, segment);

  async function sendChunks(until: (span: ChunkSpan) => boolean, isSmall: boolean): Promise<void> {
    const ready = chunks.filter(until);
    chunks.splice(0, ready.length);
    const messages = ready.map((span) => toChunk(job, objectOf(span.segment), span));
    const queue = isSmall ? ports.chunksSmall : ports.chunksBulk;
    for (let at = 0; at < messages.length; at += 10) {
      const some = messages.slice(at, at + 10);
      const charged = await chargeChunks(ports, job, some);
      await queue.send(charged, isSmall ? undefined : { group: job.tenant });
      const refused = some[charged.length];
      if (refused !== undefined) throw new QuotaReached(refused.records);
    }
  }

  async function closeSegment(span: SegmentSpan): Promise<void> {
    const { segment, ...closed } = span;
    const object = objectOf(segment);
    const stands = await ports.jobs.closeSegment(job.tenant, job.id, segment, { ...closed, object });
    await ports.checkSegment(job, stands);
  }

  async function deliver(): Promise<void> {
    await staging?.upload();
    for (const span of segments.splice(0)) {
      await sendChunks((chunk) => chunk.segment <= span.segment, staging === undefined && isSmallSource(job));
      await closeSegment(span);
    }
    // Chunks of a staging object wait for it.
    if (staging === undefined) await sendChunks(() => true, isSmallSource(job));
  }

  async function finish(): Promise<void> {
    scanner.end();
    await deliver();
    const totals = cutter.end();
    await staging?.upload();
    const last = segments.pop();
    await sendChunks(() => true, staging === undefined ? isSmallSource(job) : isSmallSegment(totals, last));
    if (last !== undefined) await closeSegment(last);
    const touchedAt = ports.clock.now().toISOString();
    const read = await ports.jobs.update(job.tenant, job.id, ['running'], { totals, touchedAt });
    if (read !== undefined) await checkEnds(ports, read);
  }

  return {
    push: (bytes) => scanner.push(bytes),
    deliver,
    finish,
    abort: async () => staging?.abort(),
    checkpoint: () => (staging === undefined ? cutter.checkpoint() : (resumeAt ?? from)),
    isCrowded: () => inFlight.isOver(cutter.checkpoint().chunks),
  };
}

/**
 * With the totals written last, a job that has them was read to its end. The first segment is not rendered before they
 * are known, and the last may have been: so both are checked once more.
 */
export async function checkEnds(ports: IngestPorts, job: Job): Promise<void> {
  const last = Math.max(0, (job.totals?.segments ?? 0) - 1);
  for (const number of new Set([0, last])) {
    const segment = await ports.jobs.segment(job.tenant, job.id, number);
    if (segment !== undefined) await ports.checkSegment(job, segment);
  }
}

/** The job's quota is used up: what was not delivered has to wait. */
export class QuotaReached extends Error {
  /** Of the chunk that was refused. */
  readonly lines: number;

  constructor(lines: number) {
    super('the quota is used up');
    this.lines = lines;
  }
}

/** The first of the chunks, as far as the quota lasts. A chunk is counted once, however often its source is read. */
async function chargeChunks({ lines }: IngestPorts, job: Job, chunks: readonly Chunk[]): Promise<readonly Chunk[]> {
  for (const [index, { segment, chunk, records }] of chunks.entries())
    if (!(await lines.take(job, records, `${job.id}|${segment}|${chunk}`))) return chunks.slice(0, index);
  return chunks;
}

function openStaging(ports: IngestPorts, job: Job, from: Checkpoint): GzipStaging {
  return createGzipStaging(
    ports.objects,
    { bucket: ports.dataBucket, tenant: job.tenant, jobId: job.id },
    from.segment,
  );
}

function toChunk(job: Job, object: ObjectRef, span: ChunkSpan): Chunk {
  return { tenant: job.tenant, jobId: job.id, object, ...span };
}

/** What is answered while somebody waits goes before what takes its time. */
function isSmallSource({ source }: Job): boolean {
  return source !== undefined && source.bytes < SMALL_BYTES;
}

function isSmallSegment({ segments }: Totals, last: SegmentSpan | undefined): boolean {
  return segments === 1 && last !== undefined && last.end < SMALL_BYTES;
}
