import type { Finished } from '../domain/chunk.ts';
import type { Job } from '../domain/job.ts';
import type { Queue, Segment } from '../ports.ts';

/** A job as a queue message names it, with what says which resend its chunks are in. */
export type JobName = Pick<Job, 'tenant' | 'id'> & Resends;
type Resends = Pick<Job, 'replays' | 'renewals'>;

/** How often the job's failed chunks were sent again. */
export function resendsOf({ replays = 0, renewals = 0 }: Resends): number {
  return replays - renewals;
}

/**
 * Says `finished` when every chunk of a closed segment is done or failed. Everyone who might be last makes this check
 * on the segment that its own write returned: DynamoDB orders writes to one item, so the last of them sees all.
 */
export async function checkSegment(
  ports: { finished: Queue<Finished> },
  job: JobName,
  segment: Segment,
): Promise<boolean> {
  // A failure of a later resend than the caller knows of proves that the job is in that resend by now.
  if (!isWhole(segment, Math.max(resendsOf(job), ...segment.failed.values()))) return false;
  await ports.finished.send([{ tenant: job.tenant, jobId: job.id, segment: segment.segment }]);
  return true;
}

export function isWhole(segment: Segment, resend: number): boolean {
  return segment.closed !== undefined && segment.done.size + failedIn(segment, resend).length === segment.closed.chunks;
}

/** Chunks that failed in this resend and are not done, in order; failures of earlier ones were sent again. */
export function failedIn(segment: Segment, resend: number): number[] {
  return [...segment.failed]
    .filter(([, failedResend]) => failedResend === resend)
    .map(([chunk]) => chunk)
    .sort((one, other) => one - other);
}

/** Rendered, and not under an earlier replay. */
export function isRendered(segment: Segment, replay: number): boolean {
  return segment.rendered?.replay === replay;
}
