import { InvalidInput } from '../../domain/errors.ts';
import { LIMITS } from '../../domain/limits.ts';
import type { JobStore, LinkSigner } from '../../ports.ts';
import { resultsFileName } from '../keys.ts';
import { findJob } from './find-job.ts';

export interface ResultsLink {
  readonly url: string;
  readonly seconds: number;
  readonly fileName: string;
  readonly bytes: number;
}

/** A link to the results file. Throws `InvalidInput('results-not-ready')` (409) while there is none. */
export async function linkResults(
  ports: { jobs: JobStore; links: LinkSigner },
  tenant: string,
  jobId: string,
): Promise<ResultsLink> {
  const job = await findJob(ports, tenant, jobId);
  if (job.results === undefined)
    throw new InvalidInput('results-not-ready', `the job is ${job.state}; it has no results file`, { status: 409 });
  const { bucket, key, bytes } = job.results;
  const fileName = resultsFileName(job);
  const seconds = LIMITS.linkSeconds;
  return { url: await ports.links.get(bucket, key, { seconds, fileName }), seconds, fileName, bytes };
}
