import type { Job } from '../../domain/job.ts';
import { decisionToVerdict, type Stage, type Verdict } from '../../domain/verdict.ts';
import type { JobStore, PageStore, Segment } from '../../ports.ts';
import { type JudgedRow, unpackPage } from '../page.ts';
import { type Position, positionCursor } from './cursor.ts';
import { findJob } from './find-job.ts';

export interface VerdictQuestion {
  readonly tenant: string;
  readonly jobId: string;
  readonly limit: number;
  readonly cursor?: string;
  /** The anomaly threshold to read under; absent is the job's. */
  readonly threshold?: number;
  readonly category?: string;
  readonly stage?: Stage;
  readonly anomaly?: boolean;
  /** A pattern id. */
  readonly pattern?: string;
}
export type RowView = { readonly row: number; readonly line: number } & (
  | { readonly verdict: Verdict }
  | { readonly rejection: string }
);

/** One answer reads at most so many pages (a thousand rows each), however rare what is asked for; the cursor goes on from there. */
const PAGES_READ = 60;
const SEGMENTS_READ = 16;

/** A job's judged rows in the order of its source, a page at a time. Rejected rows are shown where nothing is filtered. An answer with a cursor may hold fewer rows than asked for, or none. */
export async function listVerdicts(
  ports: { jobs: JobStore; pages: PageStore },
  question: VerdictQuestion,
): Promise<{ rows: readonly RowView[]; cursor?: string }> {
  const job = await findJob(ports, question.tenant, question.jobId);
  const asked = questionText(question, job);
  let position = question.cursor === undefined ? undefined : positionCursor.read(question.cursor, asked);
  const view = rowViewer(question, question.threshold ?? job.pins.anomalyThreshold);
  const rows: RowView[] = [];
  let pages = 0;
  for await (const page of pagesFrom(ports, job, position)) {
    const unpacked = unpackPage(page.body).rows;
    const start = position !== undefined && isSamePage(position, page.key) ? position.rows : 0;
    for (let index = start; index < unpacked.length; index += 1) {
      const row = unpacked[index];
      const shown = row === undefined ? undefined : view(row);
      if (shown !== undefined) rows.push(shown);
      position = { ...page.key, rows: index + 1 };
      if (rows.length === question.limit) return { rows, cursor: positionCursor.write(position, asked) };
    }
    position = { ...page.key, rows: unpacked.length };
    pages += 1;
    if (pages === PAGES_READ) return { rows, cursor: positionCursor.write(position, asked) };
  }
  return { rows };
}

/** What a cursor is bound to. A replay may show rows that were not there before, so it is part of it. */
function questionText({ tenant, jobId, category, stage, anomaly, pattern, threshold }: VerdictQuestion, job: Job) {
  return [tenant, jobId, job.replays, category, stage, anomaly, pattern, threshold].map(String);
}

type StoredPage = { readonly key: Omit<Position, 'rows'>; readonly body: Uint8Array };

async function* pagesFrom(
  { jobs, pages }: { jobs: JobStore; pages: PageStore },
  { tenant, id }: Job,
  from: Position | undefined,
): AsyncGenerator<StoredPage> {
  let next = from?.segment ?? 0;
  for (;;) {
    const segments = await jobs.segments(tenant, id, next, SEGMENTS_READ);
    for (const segment of segments) {
      const after = from?.segment === segment.segment ? pageBefore(from) : undefined;
      for await (const { key, body } of pages.read(tenant, id, segment.segment, after))
        if (isShown(segment, key.chunk)) yield { key, body };
    }
    const last = segments.at(-1);
    if (last === undefined || segments.length < SEGMENTS_READ) return;
    next = last.segment + 1;
  }
}

/** The page that a position is in is read again; its rows that were passed are left out. */
function pageBefore({ chunk, page }: Position): { chunk: number; page: number } {
  return { chunk, page: page - 1 };
}

function isSamePage(position: Position, key: StoredPage['key']): boolean {
  return position.segment === key.segment && position.chunk === key.chunk && position.page === key.page;
}

/** What a chunk shows does not change: its pages are whole when it is done, and what was settled as failed stays out until a replay. */
function isShown({ done, settled }: Segment, chunk: number): boolean {
  return done.has(chunk) && !settled?.failed.includes(chunk);
}

function rowViewer({ category, stage, anomaly, pattern }: VerdictQuestion, threshold: number) {
  const isFiltered = [category, stage, anomaly, pattern].some((filter) => filter !== undefined);
  return (judged: JudgedRow): RowView | undefined => {
    const { row, line } = judged;
    if ('rejection' in judged) return isFiltered ? undefined : { row, line, rejection: judged.rejection };
    const { decision, patternId } = judged.judgement;
    const isWanted =
      (category === undefined || decision.category === category) &&
      (stage === undefined || decision.stage === stage) &&
      (anomaly === undefined || decision.score >= threshold === anomaly) &&
      (pattern === undefined || patternId === pattern);
    return isWanted ? { row, line, verdict: decisionToVerdict(decision, judged.judgement, threshold) } : undefined;
  };
}
