import { Fault } from '../domain/errors.ts';
import type { Job, Layout, Tally } from '../domain/job.ts';
import { renderHeader } from '../ingest/render-row.ts';
import { readRows } from '../ingest/row-reader.ts';
import type { ObjectStore, PageStore, Segment } from '../ports.ts';
import type { PatternCount } from './pattern-counts.ts';
import { judgedRows, rowRenderer } from './render-rows.ts';
import { recordsOf } from './tally.ts';

export interface RenderedSegment {
  readonly body: Uint8Array;
  readonly tally: Tally;
  readonly patterns: readonly PatternCount[];
}

/** A segment's part of the results file. A pure function of the source, the pages and what was settled. The header is in the first segment's. */
export async function renderSegment(
  ports: { objects: ObjectStore; pages: PageStore },
  job: Job & { layout: Layout },
  segment: Segment & { closed: NonNullable<Segment['closed']> },
): Promise<RenderedSegment> {
  const { closed } = segment;
  const renderer = rowRenderer(job.layout, job.pins.anomalyThreshold);
  const judged = judgedRows(ports.pages, { tenant: job.tenant, jobId: job.id, segment });
  const blocks = [Buffer.from(segment.segment === 0 ? renderHeader(job.layout) : '')];
  const bytes = await ports.objects.read(closed.object, { start: closed.start, end: closed.end });
  for await (const batch of readRows(job.layout, bytes, { row: closed.firstRow, line: closed.firstLine })) {
    let text = '';
    for (const row of batch) {
      if (!judged.ready()) await judged.advance();
      text += renderer.render(row, judged.at(row.row));
    }
    blocks.push(Buffer.from(text));
  }
  const tally = renderer.tally();
  if (recordsOf(tally) !== closed.records)
    throw new Fault('counts-differ', `segment ${segment.segment}: ${recordsOf(tally)} of ${closed.records} records`);
  return { body: Buffer.concat(blocks), tally, patterns: renderer.patterns() };
}
