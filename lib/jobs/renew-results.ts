import type { Finished } from '../domain/chunk.ts';
import type { Job } from '../domain/job.ts';
import type { JobStore, Queue } from '../ports.ts';
import { sayFinished } from './replay.ts';

export interface RenewPorts {
  readonly jobs: JobStore;
  readonly finished: Queue<Finished>;
}

/**
 * Has the results of a running job begun anew, under the next key: S3 aborts an upload that was open for days
 * (`abortMultipartDays`), and a file over its quota may take longer. No chunk is sent again: what is judged stays judged,
 * and what failed stays failed. Nothing happens where the job ended or was replayed in the meantime.
 */
export async function renewResults({ jobs, finished }: RenewPorts, job: Job): Promise<void> {
  const { tenant, id, replays = 0, renewals = 0 } = job;
  const change = { replays: replays + 1, renewals: renewals + 1, multipartId: undefined };
  const renewed = await jobs.update(tenant, id, ['running'], change, { replays });
  if (renewed !== undefined) await sayFinished({ finished }, renewed, await jobs.segments(tenant, id));
}
