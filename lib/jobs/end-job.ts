import type { Finished } from '../domain/chunk.ts';
import type { Job, JobState, Tally } from '../domain/job.ts';
import type { Clock, JobEvents, JobStore, Queue } from '../ports.ts';

const OPEN: readonly JobState[] = ['awaiting-upload', 'running'];
const OVER: readonly JobState[] = ['completed', 'completed-with-failures', 'failed'];

export function endState({ failed }: Tally): 'completed' | 'completed-with-failures' {
  return failed === 0 ? 'completed' : 'completed-with-failures';
}

/** The one conditional change that ends a running job, and its announcement by whoever made the change. */
export async function endJob(
  ports: { jobs: JobStore; events: JobEvents; clock: Clock },
  job: Job,
  end: Pick<Job, 'tally' | 'results' | 'duplicates' | 'error'> & {
    state: 'completed' | 'completed-with-failures' | 'failed';
  },
): Promise<void> {
  const now = ports.clock.now().toISOString();
  const change = { ...end, endedAt: now, touchedAt: now };
  const ended = await ports.jobs.update(job.tenant, job.id, ['running'], change, { replays: job.replays ?? 0 });
  if (ended !== undefined) await announceEnd(ports, ended);
}

/** Sent before it is noted, so that a crash between the two sends it twice and never not at all. */
export async function announceEnd({ jobs, events }: { jobs: JobStore; events: JobEvents }, job: Job): Promise<void> {
  if (job.announced) return;
  await events.jobFinished(job);
  await jobs.update(job.tenant, job.id, OVER, { announced: true }, { replays: job.replays ?? 0 });
}

/** Ends a job that cannot go on. The announcement is left to finish-job, which alone may write to the event bus. */
export async function failJob(
  ports: { jobs: JobStore; finished: Queue<Finished>; clock: Clock },
  { tenant, id }: Pick<Job, 'tenant' | 'id'>,
  { code, message }: { code: string; message: string },
): Promise<void> {
  const now = ports.clock.now().toISOString();
  await ports.jobs.update(tenant, id, OPEN, {
    state: 'failed',
    error: { code, message },
    endedAt: now,
    touchedAt: now,
  });
  await ports.finished.send([{ tenant, jobId: id, segment: 0 }]);
}
