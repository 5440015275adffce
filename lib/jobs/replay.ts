import type { Chunk, Finished } from '../domain/chunk.ts';
import { InvalidInput } from '../domain/errors.ts';
import type { Job } from '../domain/job.ts';
import type { Clock, JobStore, Queue, Segment } from '../ports.ts';
import { isRendered, isWhole, resendsOf } from './check-segment.ts';

export interface ReplayPorts {
  readonly jobs: JobStore;
  readonly chunksBulk: Queue<Chunk>;
  readonly finished: Queue<Finished>;
  readonly clock: Clock;
}

/**
 * Reopens a job that ended with failures: its failed chunks are sent again, and the results file is made anew.
 * The change of the job comes first; what a crash leaves undone after it, the sweep does.
 */
export async function replayJob(ports: ReplayPorts, tenant: string, jobId: string): Promise<Job> {
  const job = await ports.jobs.get(tenant, jobId);
  if (job === undefined) throw new InvalidInput('job-missing', 'there is no such job', { status: 404 });
  const segments = await ports.jobs.segments(tenant, jobId);
  // Of a job that waited long for its quota. Its results, which a replay takes away, could not be made anew.
  if (segments.length < (job.totals?.segments ?? 0))
    throw new InvalidInput('nothing-to-replay', 'its first rows are no longer kept; send the file again', {
      status: 409,
    });
  const replays = job.replays ?? 0;
  const now = ports.clock.now().toISOString();
  const change = {
    state: 'running' as const,
    replays: replays + 1,
    touchedAt: now,
    resumedAt: now,
    endedAt: undefined,
    multipartId: undefined,
    results: undefined,
    tally: undefined,
    announced: undefined,
  };
  const reopened = await ports.jobs.update(tenant, jobId, ['completed-with-failures'], change, { replays });
  if (reopened === undefined)
    throw new InvalidInput(
      'nothing-to-replay',
      `the job is ${job.state}; only one that ended with failures is replayed`,
      {
        status: 409,
      },
    );
  await sendFailedAgain(ports, reopened, segments);
  await sayFinished(ports, reopened, segments);
  return reopened;
}

/** Sends the chunks that failed in an earlier resend, once per resend (or again after a crash in between). */
export async function sendFailedAgain(
  ports: Pick<ReplayPorts, 'jobs' | 'chunksBulk'>,
  job: Job,
  segments: readonly Segment[],
): Promise<void> {
  const resend = resendsOf(job);
  if ((job.resent ?? 0) >= resend) return;
  const bySegment = new Map(segments.map((segment) => [segment.segment, segment]));
  const failed = await ports.jobs.failedChunks(job.tenant, job.id);
  const again = failed.filter(({ segment, chunk }) => !bySegment.get(segment)?.done.has(chunk));
  await ports.chunksBulk.send(
    again.map((chunk) => ({ ...chunk, replay: resend })),
    { group: job.tenant },
  );
  await ports.jobs.update(job.tenant, job.id, ['running'], { resent: resend }, { replays: job.replays });
}

/** Says `finished` of every segment that is whole and not rendered; of one where there is none left, for the job's own end. */
export async function sayFinished(
  ports: Pick<ReplayPorts, 'finished'>,
  job: Job,
  segments: readonly Segment[],
): Promise<void> {
  const replay = job.replays ?? 0;
  // A log group's hour is rendered in one pass, when it is sealed.
  if (job.kind === 'log-group') {
    if (job.totals !== undefined) await ports.finished.send([{ tenant: job.tenant, jobId: job.id, segment: 0 }]);
    return;
  }
  const whole = segments.filter((segment) => isWhole(segment, resendsOf(job)) && !isRendered(segment, replay));
  const numbers = whole.map(({ segment }) => segment);
  const isOver = job.totals !== undefined && segments.every((segment) => isRendered(segment, replay));
  const said = numbers.length === 0 && isOver ? [0] : numbers;
  await ports.finished.send(said.map((segment) => ({ tenant: job.tenant, jobId: job.id, segment })));
}
