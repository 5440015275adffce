import type { Job, ShownJobState, Tally } from '../../domain/job.ts';
import { inParallel } from '../../in-parallel.ts';
import type { JobStore, Segment } from '../../ports.ts';
import { isRendered, resendsOf } from '../check-segment.ts';
import { recordsOf, sumTallies } from '../tally.ts';
import { placeCursor } from './cursor.ts';
import { findJob } from './find-job.ts';

/** A job as its owner sees it. */
export interface JobView {
  readonly jobId: string;
  readonly kind: Job['kind'];
  readonly name: string;
  readonly state: ShownJobState;
  readonly createdAt: string;
  readonly endedAt?: string;
  readonly bytes?: number;
  readonly anomalyThreshold: number;
  /** `accepted + rejected + failed = found` once the job has ended; `found` grows while the source is read. */
  readonly counts: {
    readonly found: number;
    readonly accepted: number;
    readonly rejected: number;
    readonly failed: number;
  };
  /** 0-1, of the records that the source holds; absent while that is unknown. */
  readonly progress?: number;
  /** Of the segments that are finished: all of them once the job has ended. */
  readonly anomalies: number;
  readonly degraded: number;
  readonly byCategory: Tally['byCategory'];
  readonly byStage: Tally['byStage'];
  readonly bySeverity: Tally['bySeverity'];
  readonly replays: number;
  readonly resultsBytes?: number;
  readonly error?: Job['error'];
}

export async function viewJob(ports: { jobs: JobStore }, tenant: string, jobId: string): Promise<JobView> {
  return viewOf(ports, await findJob(ports, tenant, jobId));
}

/** A job that has ended holds its sums; one that runs is summed from its segments. */
async function viewOf({ jobs }: { jobs: JobStore }, job: Job): Promise<JobView> {
  return jobToView(job, job.state === 'running' ? await jobs.segments(job.tenant, job.id) : []);
}

const VIEWED_AT_ONCE = 8;

/** Newest first. */
export async function listJobs(
  ports: { jobs: JobStore },
  tenant: string,
  { limit, cursor }: { limit: number; cursor?: string },
): Promise<{ jobs: readonly JobView[]; cursor?: string }> {
  const asked = [tenant, 'jobs'];
  const from = cursor === undefined ? undefined : placeCursor.read(cursor, asked);
  const page = await ports.jobs.list(tenant, { limit, cursor: from });
  return {
    jobs: await inParallel(page.jobs, VIEWED_AT_ONCE, (job) => viewOf(ports, job)),
    cursor: page.cursor === undefined ? undefined : placeCursor.write(page.cursor, asked),
  };
}

export function jobToView(job: Job, segments: readonly Segment[]): JobView {
  const replay = job.replays ?? 0;
  const rendered = segments.flatMap((segment) => (isRendered(segment, replay) ? (segment.rendered ?? []) : []));
  const tally = job.tally ?? sumTallies(rendered.map(({ tally }) => tally));
  const counts =
    job.tally === undefined ? countsSoFar(job, segments, tally) : { ...pickCounts(tally), found: recordsOf(tally) };
  const total = job.tally === undefined ? job.totals?.records : counts.found;
  const judged = counts.accepted + counts.rejected + counts.failed;
  return {
    jobId: job.id,
    kind: job.kind,
    name: job.name,
    state: shownState(job),
    createdAt: job.createdAt,
    endedAt: job.endedAt,
    bytes: job.source?.bytes ?? job.upload?.bytes,
    anomalyThreshold: job.pins.anomalyThreshold,
    counts,
    progress: total === undefined ? undefined : total === 0 ? 1 : judged / total,
    anomalies: tally.anomalies,
    degraded: tally.degraded,
    byCategory: tally.byCategory,
    byStage: tally.byStage,
    bySeverity: tally.bySeverity,
    replays: resendsOf(job),
    resultsBytes: job.results?.bytes,
    error: job.error,
  };
}

export function shownState({ state, throttled }: Job): ShownJobState {
  return state === 'running' && throttled !== undefined ? 'throttled' : state;
}

/** Judged rows count as soon as their chunk is done, failed ones when their segment is finished. */
function countsSoFar(job: Job, segments: readonly Segment[], rendered: Tally): JobView['counts'] {
  const sum = (of: (segment: Segment) => number) => segments.reduce((total, segment) => total + of(segment), 0);
  const accepted = sum(({ judged }) => judged.accepted);
  const rejected = sum(({ judged }) => judged.rejected);
  const read = sum(({ closed, judged }) => closed?.records ?? judged.accepted + judged.rejected);
  return { found: job.totals?.records ?? read, accepted, rejected, failed: rendered.failed };
}

function pickCounts({ accepted, rejected, failed }: Tally) {
  return { accepted, rejected, failed };
}
