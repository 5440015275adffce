import { InvalidInput } from '../domain/errors.ts';
import type { Job, Layout } from '../domain/job.ts';
import { readRows } from '../ingest/row-reader.ts';
import { findJob } from '../jobs/ask/find-job.ts';
import { jobToView } from '../jobs/ask/job-view.ts';
import { listPatterns } from '../jobs/ask/list-patterns.ts';
import { isRendered } from '../jobs/check-segment.ts';
import { judgedRows } from '../jobs/render-rows.ts';
import type { JobStore, ObjectStore, PageStore, Segment } from '../ports.ts';
import { type Course, type CoursePoint, courseOf, type PlotData, readTime } from './plot-data.ts';

export interface PlotJobPorts {
  readonly jobs: JobStore;
  readonly objects: ObjectStore;
  readonly pages: PageStore;
  readonly dataBucket: string;
}

type Finished = Segment & Required<Pick<Segment, 'closed' | 'rendered'>>;

const PATTERNS = 20;
/** Up to so many bytes of its source a job is read row by row, which tells the times; of a larger one each segment's sums are shown. */
const EXACT_BYTES = 32 * 1024 * 1024;
const BINS = 60;

/** A job as far as it is judged, under its own threshold. Throws `InvalidInput`: `job-missing` (404), `nothing-to-plot` (409). */
export async function plotJob(ports: PlotJobPorts, tenant: string, jobId: string): Promise<PlotData> {
  const job = await findJob(ports, tenant, jobId);
  const segments = await ports.jobs.segments(tenant, jobId);
  const view = jobToView(job, segments);
  if (view.counts.accepted === 0) {
    throw new InvalidInput('nothing-to-plot', `the job is ${job.state} and has no judged records`, { status: 409 });
  }
  const { patterns } = await listPatterns(ports, { tenant, jobId, limit: PATTERNS, order: 'count' });
  return {
    name: job.name,
    threshold: job.pins.anomalyThreshold,
    records: view.counts.accepted,
    notRead: view.counts.rejected + view.counts.failed,
    anomalies: view.anomalies,
    byCategory: view.byCategory,
    byStage: view.byStage,
    course: await courseOfJob(ports, job, segments),
    patterns: patterns.map(({ pattern, count, verdict }) => ({
      pattern,
      count,
      category: verdict.category,
      score: verdict.anomaly.score,
    })),
  };
}

/** Of a log group's hour there is none: its deliveries come in any order. */
async function courseOfJob(ports: PlotJobPorts, job: Job, segments: readonly Segment[]): Promise<Course | undefined> {
  const { layout, kind } = job;
  if (layout === undefined || kind === 'log-group') return undefined;
  const finished = segments.filter(
    (segment): segment is Finished => isRendered(segment, job.replays ?? 0) && segment.closed !== undefined,
  );
  if (finished.length === 0) return undefined;
  const bytes = finished.reduce((sum, { closed }) => sum + closed.end - closed.start, 0);
  if (bytes > EXACT_BYTES) return { unit: 'rows', bins: segmentBins(finished) };
  const points: (readonly CoursePoint[])[] = [];
  for (const segment of finished) points.push(await readPoints(ports, { ...job, layout }, segment));
  return courseOf(points.flat());
}

/** Neighbouring segments are summed up where there are more than a plot has room for. */
function segmentBins(finished: readonly Finished[]): Course['bins'] {
  const size = Math.ceil(finished.length / BINS);
  const groups = Array.from({ length: Math.ceil(finished.length / size) }, (_, index) =>
    finished.slice(index * size, (index + 1) * size),
  );
  return groups.map((group) => {
    const from = group[0]?.closed.firstRow ?? 0;
    const sum = (of: (segment: Finished) => number) => group.reduce((total, segment) => total + of(segment), 0);
    return {
      from,
      to: from + sum(({ closed }) => closed.records),
      records: sum(({ rendered }) => rendered.tally.accepted),
      anomalies: sum(({ rendered }) => rendered.tally.anomalies),
    };
  });
}

async function readPoints(
  { objects, pages }: PlotJobPorts,
  job: Job & { layout: Layout },
  segment: Finished,
): Promise<CoursePoint[]> {
  const { closed } = segment;
  const judged = judgedRows(pages, { tenant: job.tenant, jobId: job.id, segment });
  const points: CoursePoint[] = [];
  const bytes = await objects.read(closed.object, { start: closed.start, end: closed.end });
  for await (const batch of readRows(job.layout, bytes, { row: closed.firstRow, line: closed.firstLine })) {
    for (const source of batch) {
      if (!judged.ready()) await judged.advance();
      const row = judged.at(source.row);
      if (row === undefined || !('judgement' in row) || !('record' in source)) continue;
      const isAnomaly = row.judgement.decision.score >= job.pins.anomalyThreshold;
      points.push({ row: source.row, at: readTime(source.record.timestamp), isAnomaly });
    }
  }
  return points;
}
