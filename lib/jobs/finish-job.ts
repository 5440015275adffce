import type { Finished } from '../domain/chunk.ts';
import { Fault, InvalidInput } from '../domain/errors.ts';
import type { Job, Layout } from '../domain/job.ts';
import type { Segment } from '../ports.ts';
import { isRendered } from './check-segment.ts';
import { announceEnd, endJob, endState } from './end-job.ts';
import { finishLogJob } from './finish-log-job.ts';
import type { FinishPorts } from './finish-ports.ts';
import { finishSegment } from './finish-segment.ts';
import { resultsKey } from './keys.ts';
import { mergePatterns } from './merge-patterns.ts';
import { recordsOf, sumTallies } from './tally.ts';

/** Hears `finished`: renders the segment where it is whole, and ends the job where that was the last. May be said any number of times. */
export async function finish(ports: FinishPorts, message: Finished): Promise<void> {
  const job = await ports.jobs.get(message.tenant, message.jobId);
  if (job === undefined || job.state === 'awaiting-upload') return;
  if (job.state !== 'running') return announceEnd(ports, job);
  if (!hasLayout(job)) return;
  try {
    if (job.kind === 'log-group') return await finishLogJob(ports, job);
    await finishSegment(ports, job, message.segment);
    await finishJob(ports, message);
  } catch (error) {
    // The source is gone or was written anew: no later try renders it.
    if (!(error instanceof InvalidInput)) throw error;
    await endJob(ports, job, { state: 'failed', error: { code: error.code, message: error.message } });
  }
}

/** Ends the job when its totals are known and every segment is rendered; the change of its state is conditional, so it happens once. */
async function finishJob(ports: FinishPorts, { tenant, jobId }: Finished): Promise<void> {
  // Read anew: totals written after the first read were followed by a `finished`, totals before it are seen here.
  const job = await ports.jobs.get(tenant, jobId);
  if (job?.state !== 'running' || job.totals === undefined || !hasLayout(job)) return;
  const rendered = await renderedSegments(ports, job);
  if (rendered.length < job.totals.segments) {
    await ports.jobs.update(tenant, jobId, ['running'], { touchedAt: ports.clock.now().toISOString() });
    return;
  }
  const tally = sumTallies(rendered.map((segment) => segment.rendered.tally));
  if (recordsOf(tally) !== job.totals.records)
    throw new Fault('counts-differ', `job ${jobId}: ${recordsOf(tally)} of ${job.totals.records} records`);
  const bytes = rendered.reduce((sum, segment) => sum + segment.rendered.bytes, 0);
  const results = await completeResults(ports, job, job.totals.segments, bytes);
  await mergePatterns(
    ports,
    job,
    rendered.map(({ segment }) => segment),
  );
  await endJob(ports, job, { state: endState(tally), tally, results });
}

type RenderedSegment = Segment & { rendered: NonNullable<Segment['rendered']> };

async function renderedSegments(ports: FinishPorts, job: Job): Promise<RenderedSegment[]> {
  const segments = await ports.jobs.segments(job.tenant, job.id);
  const isStanding = (segment: Segment): segment is RenderedSegment => isRendered(segment, job.replays ?? 0);
  return segments.filter(isStanding);
}

async function completeResults(
  { objects, dataBucket }: FinishPorts,
  job: Job,
  segments: number,
  bytes: number,
): Promise<NonNullable<Job['results']>> {
  const key = resultsKey(job);
  if (segments > 1) {
    if (job.multipartId === undefined) throw new Fault('multipart-missing', `job ${job.id} has parts and no upload`);
    const completed = await objects.completeMultipart(dataBucket, key, job.multipartId, { parts: segments, bytes });
    // Gone: another finisher completed it, so the file must be there.
    if (!completed && (await objects.head({ bucket: dataBucket, key })) === undefined)
      throw new Fault('results-missing', `the results of job ${job.id} are gone`);
  }
  return { bucket: dataBucket, key, bytes };
}

function hasLayout(job: Job): job is Job & { layout: Layout } {
  return job.layout !== undefined;
}
