import type { Finished } from '../domain/chunk.ts';
import type { Job } from '../domain/job.ts';
import type { Queue, Segment } from '../ports.ts';

/** A job as a queue message names it, with the replays its chunks are in. */
export type JobName = Pick<Job, 'tenant' | 'id' | 'replays'>;

/**
 * Says `finished` when every chunk of a closed segment is done or failed. Everyone who might be last makes this check
 * on the segment that its own write returned: DynamoDB orders writes to one item, so the last of them sees all.
 */
export async function checkSegment(
  ports: { finished: Queue<Finished> },
  { tenant, id, replays = 0 }: JobName,
  segment: Segment,
): Promise<boolean> {
  // A failure of a later replay than the caller knows of proves that the job is in that replay by now.
  if (!isWhole(segment, Math.max(replays, ...segment.failed.values()))) return false;
  await ports.finished.send([{ tenant, jobId: id, segment: segment.segment }]);
  return true;
}

export function isWhole(segment: Segment, replay: number): boolean {
  return segment.closed !== undefined && segment.done.size + failedIn(segment, replay).length === segment.closed.chunks;
}

/** Chunks that failed in this replay and are not done, in order; failures of earlier replays were sent again. */
export function failedIn(segment: Segment, replay: number): number[] {
  return [...segment.failed]
    .filter(([, failedReplay]) => failedReplay === replay)
    .map(([chunk]) => chunk)
    .sort((one, other) => one - other);
}

/** Rendered, and not under an earlier replay. */
export function isRendered(segment: Segment, replay: number): boolean {
  return segment.rendered?.replay === replay;
}
