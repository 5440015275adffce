import type { Job } from '../../lib/domain/job.ts';
import type { JobEvents } from '../../lib/ports.ts';

/** Keeps the jobs that were announced. */
export function memoryJobEvents(): JobEvents & { readonly announced: Job[] } {
  const announced: Job[] = [];
  return {
    announced,
    jobFinished: async (job) => {
      announced.push(job);
    },
  };
}
