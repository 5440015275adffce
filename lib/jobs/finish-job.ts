import type { Finished } from '../domain/chunk.ts';
import { Fault, InvalidInput } from '../domain/errors.ts';
import type { Job, Layout } from '../domain/job.ts';
import { LIMITS } from '../domain/limits.ts';
import type { Segment } from '../ports.ts';
import { isRendered } from './check-segment.ts';
import { announceEnd, endJob, endState } from './end-job.ts';
import { finishLogJob } from './finish-log-job.ts';
import type { FinishPorts } from './finish-ports.ts';
import { finishSegment } from './finish-segment.ts';
import { resultsKey } from './keys.ts';
import { mergePatterns } from './merge-patterns.ts';
import { renewResults } from './renew-results.ts';
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
    const why = whyForGood(ports, job, error);
    if (why === undefined) throw error;
    await endJob(ports, job, { state: 'failed', error: why });
  }
}

const LEAST_KEPT_MS = LIMITS.leastRetentionDays * 24 * 60 * 60_000;
const VERDICTS_EXPIRED = {
  code: 'verdicts-expired',
  message: 'its first lines were judged longer ago than verdicts are kept; send the file in parts',
};

const MISSING = new Set(['page-missing', 'segment-missing']);

/** Why no later try renders it: the source is gone or was written anew, or the job took longer than verdicts are kept. Undefined where one may. */
function whyForGood({ clock }: FinishPorts, { createdAt }: Job, error: unknown): Job['error'] {
  if (error instanceof InvalidInput) return { code: error.code, message: error.message };
  const isOld = clock.now().getTime() - Date.parse(createdAt) > LEAST_KEPT_MS;
  return isOld && error instanceof Fault && MISSING.has(error.code) ? VERDICTS_EXPIRED : undefined;
}

/** Ends the job when its totals are known and every segment is rendered; the change of its state is conditional, so it happens once. */
async function finishJob(ports: FinishPorts, { tenant, jobId }: Finished): Promise<void> {
  // Read anew: totals written after the first read were followed by a `finished`, totals before it are seen here.
  const job = await ports.jobs.get(tenant, jobId);
  if (job?.state !== 'running' || job.totals === undefined || !hasLayout(job)) return;
  const segments = await ports.jobs.segments(tenant, jobId);
  if (segments.length < job.totals.segments)
    throw new Fault('segment-missing', `job ${jobId}: ${segments.length} of ${job.totals.segments} segments`);
  const rendered = renderedOf(segments, job.replays ?? 0);
  if (rendered.length < job.totals.segments) {
    await ports.jobs.update(tenant, jobId, ['running'], { touchedAt: ports.clock.now().toISOString() });
    return;
  }
  const tally = sumTallies(rendered.map((segment) => segment.rendered.tally));
  if (recordsOf(tally) !== job.totals.records)
    throw new Fault('counts-differ', `job ${jobId}: ${recordsOf(tally)} of ${job.totals.records} records`);
  const bytes = rendered.reduce((sum, segment) => sum + segment.rendered.bytes, 0);
  const results = await completeResults(ports, job, job.totals.segments, bytes);
  if (results === undefined) return renewResults(ports, job);
  await mergePatterns(
    ports,
    job,
    rendered.map(({ segment }) => segment),
  );
  await endJob(ports, job, { state: endState(tally), tally, results });
}

type RenderedSegment = Segment & { rendered: NonNullable<Segment['rendered']> };

function renderedOf(segments: readonly Segment[], replay: number): RenderedSegment[] {
  return segments.filter((segment): segment is RenderedSegment => isRendered(segment, replay));
}

/** Undefined when the multipart upload is gone and no other finisher completed it. */
async function completeResults(
  { objects, dataBucket }: FinishPorts,
  job: Job,
  segments: number,
  bytes: number,
): Promise<Job['results']> {
  const key = resultsKey(job);
  if (segments > 1) {
    if (job.multipartId === undefined) throw new Fault('multipart-missing', `job ${job.id} has parts and no upload`);
    const completed = await objects.completeMultipart(dataBucket, key, job.multipartId, { parts: segments, bytes });
    if (!completed && (await objects.head({ bucket: dataBucket, key })) === undefined) return undefined;
  }
  return { bucket: dataBucket, key, bytes };
}

function hasLayout(job: Job): job is Job & { layout: Layout } {
  return job.layout !== undefined;
}
