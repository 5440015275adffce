import type { Job } from '../domain/job.ts';
import { LIMITS } from '../domain/limits.ts';
import type { JobStore, Segment } from '../ports.ts';

export interface InFlight {
  /** True when more than `LIMITS.chunksInFlight` of the chunks sent so far are neither done nor failed. */
  isOver(sent: number): Promise<boolean>;
}

/** Asks the store only when the bound may have been reached, and never again about segments that are over. */
export function watchInFlight(jobs: JobStore, job: Pick<Job, 'tenant' | 'id'>): InFlight {
  let over = 0;
  let overUntil = 0;
  let known = 0;

  async function countOver(): Promise<number> {
    const segments = await jobs.segments(job.tenant, job.id, overUntil);
    let count = 0;
    for (const segment of segments) {
      const ended = segment.done.size + [...segment.failed.keys()].filter((chunk) => !segment.done.has(chunk)).length;
      if (segment.segment === overUntil && isOver(segment, ended)) {
        over += ended;
        overUntil++;
      } else count += ended;
    }
    return over + count;
  }

  return {
    isOver: async (sent) => {
      if (sent - known < LIMITS.chunksInFlight) return false;
      known = await countOver();
      return sent - known >= LIMITS.chunksInFlight;
    },
  };
}

function isOver({ closed }: Segment, ended: number): boolean {
  return closed !== undefined && ended === closed.chunks;
}
