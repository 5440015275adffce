import type { Job } from '../../domain/job.ts';
import { decisionToVerdict, type Verdict } from '../../domain/verdict.ts';
import type { JobStore, ObjectStore } from '../../ports.ts';
import { isRendered } from '../check-segment.ts';
import { patternsKey } from '../keys.ts';
import { readPatterns, readSegmentPatterns } from '../merge-patterns.ts';
import type { PatternCount } from '../pattern-counts.ts';
import { startCursor } from './cursor.ts';
import { findJob } from './find-job.ts';

export interface PatternQuestion {
  readonly tenant: string;
  readonly jobId: string;
  readonly limit: number;
  readonly cursor?: string;
  readonly threshold?: number;
  readonly anomaly?: boolean;
  /** Commonest first, or most anomalous first. */
  readonly order: 'count' | 'score';
}
export interface PatternView {
  readonly patternId: string;
  readonly pattern: string;
  readonly count: number;
  readonly verdict: Verdict;
  /** The first record of the pattern. */
  readonly example: { readonly row: number; readonly line: number; readonly text: string };
}
export interface AskPatternsPorts {
  readonly jobs: JobStore;
  readonly objects: ObjectStore;
  readonly dataBucket: string;
}

/** While a job runs, of its finished segments no more than these are merged for one answer. */
const SEGMENTS_MERGED = 64;

/** A job's patterns (the commonest 10,000). `isWhole` is false while the job runs: then they are those of its finished segments. */
export async function listPatterns(
  ports: AskPatternsPorts,
  { tenant, jobId, limit, cursor, threshold, anomaly, order }: PatternQuestion,
): Promise<{ patterns: readonly PatternView[]; isWhole: boolean; cursor?: string }> {
  const job = await findJob(ports, tenant, jobId);
  const read = await readJobPatterns(ports, job);
  const under = threshold ?? job.pins.anomalyThreshold;
  const views = read
    .map((count) => countToView(count, under))
    .filter(({ verdict }) => anomaly === undefined || verdict.anomaly.isAnomaly === anomaly);
  if (order === 'score')
    views.sort((one, other) => other.verdict.anomaly.score - one.verdict.anomaly.score || other.count - one.count);
  const asked = [tenant, jobId, job.replays, threshold, anomaly, order].map(String);
  const start = cursor === undefined ? 0 : startCursor.read(cursor, asked);
  const next = start + limit;
  return {
    patterns: views.slice(start, next),
    isWhole: job.results !== undefined,
    cursor: next < views.length ? startCursor.write(next, asked) : undefined,
  };
}

async function readJobPatterns(ports: AskPatternsPorts, job: Job): Promise<PatternCount[]> {
  if (job.results !== undefined) return readPatterns(ports, patternsKey(job));
  if (job.state !== 'running' || job.kind === 'log-group') return [];
  const segments = await ports.jobs.segments(job.tenant, job.id, 0, SEGMENTS_MERGED);
  const rendered = segments.filter((segment) => isRendered(segment, job.replays ?? 0));
  return readSegmentPatterns(
    ports,
    job,
    rendered.map(({ segment }) => segment),
  );
}

function countToView(
  { patternId, pattern, count, decision, row, line, text }: PatternCount,
  threshold: number,
): PatternView {
  const verdict = decisionToVerdict(decision, { patternId, pattern }, threshold);
  return { patternId, pattern, count, verdict, example: { row, line, text } };
}
