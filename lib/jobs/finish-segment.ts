import type { Job, Layout } from '../domain/job.ts';
import type { ObjectStore, PageStore } from '../ports.ts';
import { failedIn, isRendered, isWhole, resendsOf } from './check-segment.ts';
import { patternsKey, resultsContentType, resultsKey } from './keys.ts';
import { packPatterns } from './pattern-counts.ts';
import { renderSegment } from './render-segment.ts';
import { type RenewPorts, renewResults } from './renew-results.ts';

export interface FinishSegmentPorts extends RenewPorts {
  readonly objects: ObjectStore;
  readonly pages: PageStore;
  /** The bucket of results. */
  readonly dataBucket: string;
}
type RunningJob = Job & { layout: Layout };

/**
 * Renders a whole segment into its part of the results file. Two at a time write the same bytes, since which chunks
 * count as failed is settled first.
 */
export async function finishSegment(ports: FinishSegmentPorts, job: RunningJob, number: number): Promise<void> {
  const replay = job.replays ?? 0;
  const segment = await ports.jobs.segment(job.tenant, job.id, number);
  if (segment === undefined || !isWhole(segment, resendsOf(job)) || isRendered(segment, replay)) return;
  // The first segment waits for the totals: only they tell whether its results are a file or a part. Ingest says `finished` again when it has written them.
  if (number === 0 && job.totals === undefined) return;
  const settled = await ports.jobs.settleSegment(job.tenant, job.id, number, {
    replay,
    failed: failedIn(segment, resendsOf(job)),
  });
  if (settled.closed === undefined || settled.settled?.replay !== replay) return;

  const { body, tally, patterns } = await renderSegment(ports, job, { ...settled, closed: settled.closed });
  if (!(await putResults(ports, job, number, body))) return renewUnlessRendered(ports, job, number);
  await ports.objects.put(ports.dataBucket, patternsKey(job, number), packPatterns(patterns));
  await ports.jobs.segmentRendered(job.tenant, job.id, number, { replay, tally, bytes: body.byteLength });
}

/** Where another renderer was faster, the upload may be gone because it was completed. */
async function renewUnlessRendered(ports: FinishSegmentPorts, job: RunningJob, number: number): Promise<void> {
  const standing = await ports.jobs.segment(job.tenant, job.id, number);
  if (standing !== undefined && !isRendered(standing, job.replays ?? 0)) await renewResults(ports, job);
}

/** False when the multipart upload is gone: the job ended or was replayed in the meantime, or S3 aborted what was open for too long. */
async function putResults(
  ports: FinishSegmentPorts,
  job: RunningJob,
  segment: number,
  body: Uint8Array,
): Promise<boolean> {
  const key = resultsKey(job);
  const contentType = resultsContentType(job.layout.format);
  if (job.totals?.segments === 1)
    return (await ports.objects.put(ports.dataBucket, key, body, { contentType })) !== undefined;
  const multipartId = job.multipartId ?? (await beginMultipart(ports, job, key, contentType));
  return multipartId !== undefined && ports.objects.putPart(ports.dataBucket, key, multipartId, segment + 1, body);
}

/** Whoever is first keeps its upload in the job; the others abort theirs. */
async function beginMultipart(
  ports: FinishSegmentPorts,
  job: RunningJob,
  key: string,
  contentType: string,
): Promise<string | undefined> {
  const multipartId = await ports.objects.createMultipart(ports.dataBucket, key, contentType);
  const guard = { replays: job.replays ?? 0, absent: 'multipartId' } as const;
  const kept = await ports.jobs.update(job.tenant, job.id, ['running'], { multipartId }, guard);
  if (kept !== undefined) return multipartId;
  await ports.objects.abortMultipart(ports.dataBucket, key, multipartId);
  const standing = await ports.jobs.get(job.tenant, job.id);
  return standing?.state === 'running' && standing.replays === job.replays ? standing.multipartId : undefined;
}
