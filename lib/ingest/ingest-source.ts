import type { Checkpoint } from '../domain/chunk.ts';
import { Fault, InvalidInput, Retryable } from '../domain/errors.ts';
import type { Job, JobState, ObjectRef } from '../domain/job.ts';
import { LIMITS } from '../domain/limits.ts';
import { startOfSource } from './cut-chunks.ts';
import type { IngestPorts } from './ingest-ports.ts';
import { checkEnds, type IngestRun, QuotaReached, startRun } from './ingest-run.ts';
import { type OpenedSource, openSource } from './open-source.ts';

export type { IngestPorts } from './ingest-ports.ts';

export interface IngestBudget {
  remainingMs(): number;
}

/** `continue`: call again with `from`, at once where time ran short, after a while where enough is in flight. */
export type IngestOutcome =
  | { state: 'done' }
  | { state: 'continue'; from: Checkpoint; because: 'time' | 'in-flight' }
  /** The quota refused so many lines; all before was sent. */
  | { state: 'throttled'; from: Checkpoint; lines: number };

/** Time kept for what is under way: a part of a staging object, ten messages, the checkpoint. */
const RESERVE_MS = 30_000;
/** A source from which so much was read without one chunk's end holds a line that no run gets past. */
const HOPELESS_BYTES = 1024 * 1024 * 1024;
const OPEN: readonly JobState[] = ['awaiting-upload', 'running'];

/**
 * Reads a job's source once, in constant memory: pins its layout, sends chunk descriptors, closes segments, writes the
 * totals. May be called any number of times for a job: chunk numbers and ranges are a function of the bytes and pins.
 * Throws `InvalidInput` for a source that cannot be read (codes: `detectLayout`, `openSource`, `inflate`, `too-large`,
 * `too-many-records`, `hopeless`); then the whole job is refused, also where chunks of it were sent.
 */
export async function ingestSource(
  ports: IngestPorts,
  job: Job,
  from: Checkpoint | undefined,
  budget: IngestBudget,
): Promise<IngestOutcome> {
  const { source } = job;
  if (source === undefined) throw new Fault('source-missing', `job ${job.id} has no source`);
  const { bytes, ...ref } = source;
  if (bytes > LIMITS.uploadBytes) {
    throw new InvalidInput(
      'too-large',
      `The file has ${bytes} bytes; ${LIMITS.uploadBytes} are read. Send it in parts.`,
    );
  }
  const read = (range: { start: number; end: number }) => ports.objects.read(ref, range);
  const opened = await openSource({ name: job.name, bytes, read }, job.wanted);
  const change = { state: 'running', layout: opened.layout, touchedAt: ports.clock.now().toISOString() } as const;
  const running = await ports.jobs.update(job.tenant, job.id, OPEN, change);
  if (running === undefined) return { state: 'done' };
  if (running.totals !== undefined) {
    await checkEnds(ports, running);
    return { state: 'done' };
  }
  return readThrough(ports, running, ref, opened, from ?? startOfSource(opened.dataStart, opened.dataLine), budget);
}

async function readThrough(
  ports: IngestPorts,
  job: Job,
  ref: ObjectRef,
  opened: OpenedSource,
  from: Checkpoint,
  budget: IngestBudget,
): Promise<IngestOutcome> {
  const run = startRun(ports, job, ref, opened, from);
  let read = 0;
  let delivered = from;
  try {
    for await (const bytes of await opened.read(from.offset)) {
      run.push(bytes);
      read += bytes.length;
      await run.deliver();
      delivered = run.checkpoint();
      const because = await reasonToStop(run, opened, budget);
      if (because === undefined) continue;
      const checkpoint = run.checkpoint();
      if (because === 'time' && checkpoint.chunks === from.chunks)
        throw stuck(read, opened.isGzip && from.offset > opened.dataStart);
      await touch(ports, job);
      return { state: 'continue', from: checkpoint, because };
    }
    await run.finish();
    return { state: 'done' };
  } catch (error) {
    if (!(error instanceof QuotaReached)) throw error;
    return { state: 'throttled', from: delivered, lines: error.lines };
  } finally {
    await run.abort();
  }
}

async function reasonToStop(
  run: IngestRun,
  opened: OpenedSource,
  budget: IngestBudget,
): Promise<'time' | 'in-flight' | undefined> {
  if (budget.remainingMs() < RESERVE_MS) return 'time';
  // A gzip can only be read from its beginning, so waiting would cost more than the queue's length does.
  return !opened.isGzip && (await run.isCrowded()) ? 'in-flight' : undefined;
}

/** No chunk's end was reached: a later run with more time may, unless a line without end, or inflating anew, took it all. */
function stuck(read: number, isInflatedAnew: boolean): Error {
  if (read < HOPELESS_BYTES && !isInflatedAnew) return new Retryable('no-time', 'there was no time for one chunk');
  return new InvalidInput(
    'hopeless',
    `${read} bytes were read without coming to the end of a chunk; send the file in parts.`,
  );
}

async function touch(ports: IngestPorts, job: Job): Promise<void> {
  await ports.jobs.update(job.tenant, job.id, ['running'], { touchedAt: ports.clock.now().toISOString() });
}
