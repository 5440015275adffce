import { Fault } from '../domain/errors.ts';
import type { Layout, Tally } from '../domain/job.ts';
import { decisionToVerdict } from '../domain/verdict.ts';
import { createRowRenderer, type RowOutcome } from '../ingest/render-row.ts';
import type { SourceRow } from '../ingest/row-reader.ts';
import type { PageStore, Segment } from '../ports.ts';
import { type JudgedRow, type Judgement, unpackPage } from './page.ts';
import { patternCounter } from './pattern-counts.ts';
import { tallyCounter } from './tally.ts';

const FAILED = 'not judged: the chunk of this row failed; replay the job to try again';

/** Renders rows, and counts what it renders: what is shown and what is counted are the same. */
export function rowRenderer(layout: Layout, threshold: number, renderRow = createRowRenderer(layout)) {
  const tally = tallyCounter(threshold);
  const patterns = patternCounter();
  const outcomes = new WeakMap<Judgement, RowOutcome>();
  const judgedOutcome = (judgement: Judgement): RowOutcome => {
    const known = outcomes.get(judgement);
    if (known !== undefined) return known;
    const outcome = { verdict: decisionToVerdict(judgement.decision, judgement, threshold) };
    outcomes.set(judgement, outcome);
    return outcome;
  };
  const outcomeOf = (source: SourceRow, judged: JudgedRow | undefined): RowOutcome => {
    if (judged === undefined) {
      tally.fail();
      return { failure: FAILED };
    }
    if ('rejection' in judged) {
      tally.reject();
      return { rejection: judged.rejection };
    }
    tally.accept(judged.judgement.decision);
    patterns.count(judged.judgement, source.row, source.line, 'record' in source ? source.record.message : '');
    return judgedOutcome(judged.judgement);
  };
  return {
    render: (source: SourceRow, judged: JudgedRow | undefined) => renderRow(source, outcomeOf(source, judged)),
    tally: (): Tally => tally.tally(),
    patterns: patterns.commonest,
  };
}

/**
 * A segment's pages as a lookup by ascending row. Rows of failed chunks have none, also where the chunk came through
 * after all once the segment was settled; a row without a page in a segment without failures is our fault.
 */
export function judgedRows(
  pages: PageStore,
  { tenant, jobId, segment }: { tenant: string; jobId: string; segment: Segment },
) {
  const failed = new Set(segment.settled?.failed);
  const stored = pages.read(tenant, jobId, segment.segment)[Symbol.asyncIterator]();
  let rows: readonly JudgedRow[] = [];
  let index = 0;
  const nextPage = async (): Promise<boolean> => {
    const next = await stored.next();
    if (next.done) return false;
    rows = failed.has(next.value.key.chunk) ? [] : unpackPage(next.value.body).rows;
    index = 0;
    return true;
  };
  return {
    /** False: `advance` must be awaited before `at`. */
    ready: () => index < rows.length,
    advance: async () => {
      while (index >= rows.length && (await nextPage()));
    },
    at: (row: number): JudgedRow | undefined => {
      const judged = rows[index];
      if (judged !== undefined && judged.row < row)
        throw new Fault('page-misplaced', `row ${judged.row} is judged twice`);
      if (judged?.row === row) {
        index += 1;
        return judged;
      }
      if (failed.size === 0) throw new Fault('page-missing', `row ${row} of job ${jobId} has no page`);
      return undefined;
    },
  };
}
