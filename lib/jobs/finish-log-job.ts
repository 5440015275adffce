import * as z from 'zod';
import { Fault } from '../domain/errors.ts';
import type { Job, Layout } from '../domain/job.ts';
import { inParallel } from '../in-parallel.ts';
import { renderHeader } from '../ingest/render-row.ts';
import { readRows } from '../ingest/row-reader.ts';
import type { Segment } from '../ports.ts';
import { failedIn, isWhole, resendsOf } from './check-segment.ts';
import { endJob, endState } from './end-job.ts';
import type { FinishPorts } from './finish-ports.ts';
import { patternsKey, resultsContentType, resultsKey } from './keys.ts';
import { packPatterns } from './pattern-counts.ts';
import { recentIds } from './recent-ids.ts';
import { judgedRows, rowRenderer } from './render-rows.ts';
import { resultsWriter } from './results-writer.ts';
import { recordsOf } from './tally.ts';

type LogJob = Job & { layout: Layout };
type ClosedSegment = Segment & { closed: NonNullable<Segment['closed']> };

const SETTLED_AT_ONCE = 16;

/**
 * Ends a sealed log group's hour: one pass over all its deliveries in the order of their first events. CloudWatch may
 * deliver an event twice; the second is left out of the file and of every count.
 */
export async function finishLogJob(ports: FinishPorts, job: LogJob): Promise<void> {
  if (job.totals === undefined) return;
  const found = await ports.jobs.segments(job.tenant, job.id);
  if (found.length < job.totals.segments)
    throw new Fault('segment-missing', `job ${job.id}: ${found.length} of ${job.totals.segments} deliveries`);
  if (!found.every((segment) => isWhole(segment, resendsOf(job)))) return;
  const deliveries = (await settleAll(ports, job, found)).sort(byFirstEvent);

  const renderer = rowRenderer(job.layout, job.pins.anomalyThreshold);
  const writer = resultsWriter(ports.objects, ports.dataBucket, resultsKey(job), resultsContentType(job.layout.format));
  await writer.write(renderHeader(job.layout));
  const seen = recentIds();
  let duplicates = 0;
  for (const segment of deliveries) {
    const judged = judgedRows(ports.pages, { tenant: job.tenant, jobId: job.id, segment });
    const { object, start, end, firstRow, firstLine } = segment.closed;
    const bytes = await ports.objects.read(object, { start, end });
    for await (const batch of readRows(job.layout, bytes, { row: firstRow, line: firstLine }))
      for (const source of batch) {
        if (!judged.ready()) await judged.advance();
        const row = judged.at(source.row);
        const id = eventId(source.text);
        if (id !== undefined && !seen.add(id)) duplicates += 1;
        else await writer.write(renderer.render(source, row));
      }
  }

  const tally = renderer.tally();
  const records = recordsOf(tally);
  if (records + duplicates !== job.totals.records)
    throw new Fault(
      'counts-differ',
      `job ${job.id}: ${records} and ${duplicates} again of ${job.totals.records} records`,
    );
  const results = await writer.close();
  await ports.objects.put(ports.dataBucket, patternsKey(job), packPatterns(renderer.patterns()));
  await endJob(ports, job, { state: endState(tally), tally, results, duplicates });
}

async function settleAll({ jobs }: FinishPorts, job: LogJob, segments: readonly Segment[]): Promise<ClosedSegment[]> {
  return inParallel(segments, SETTLED_AT_ONCE, async (segment) => {
    const settled = await jobs.settleSegment(job.tenant, job.id, segment.segment, {
      replay: job.replays ?? 0,
      failed: failedIn(segment, resendsOf(job)),
    });
    if (settled.closed === undefined) throw new Fault('segment-open', `delivery ${segment.segment} is not closed`);
    return { ...settled, closed: settled.closed };
  });
}

/** A delivery's key begins with the time of its first event. */
function byFirstEvent({ closed: one }: ClosedSegment, { closed: other }: ClosedSegment): number {
  return one.object.key < other.object.key ? -1 : 1;
}

const eventSchema = z.object({ id: z.string() });

/** Undefined for a line that is not one of our own: it is then kept. */
function eventId(text: string): string | undefined {
  try {
    return eventSchema.safeParse(JSON.parse(text)).data?.id;
  } catch {
    return undefined;
  }
}
