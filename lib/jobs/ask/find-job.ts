import { InvalidInput } from '../../domain/errors.ts';
import type { Job } from '../../domain/job.ts';
import type { JobStore } from '../../ports.ts';

/** Throws `InvalidInput('job-missing')` (404), also for another tenant's job. */
export async function findJob({ jobs }: { jobs: JobStore }, tenant: string, jobId: string): Promise<Job> {
  const job = await jobs.get(tenant, jobId);
  if (job === undefined) throw new InvalidInput('job-missing', 'there is no such job', { status: 404 });
  return job;
}
