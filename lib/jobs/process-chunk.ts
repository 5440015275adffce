import type { OwnersCascade } from '../cascade/types.ts';
import type { Chunk, Finished } from '../domain/chunk.ts';
import { Fault, InvalidInput } from '../domain/errors.ts';
import type { Job, Layout } from '../domain/job.ts';
import { LIMITS } from '../domain/limits.ts';
import { readRows } from '../ingest/row-reader.ts';
import type { JobStore, LabelSetStore, ObjectStore, PageStore, Queue, RuleSetStore } from '../ports.ts';
import { checkSegment } from './check-segment.ts';
import { judgeRows, type MaskedRow, maskRow } from './judge-rows.ts';
import { type JudgedRow, packPage } from './page.ts';
import { cascadeOfJob } from './tenant-terms.ts';

export interface ProcessPorts {
  readonly jobs: JobStore;
  readonly objects: ObjectStore;
  readonly pages: PageStore;
  readonly cascade: OwnersCascade;
  readonly labelSets: LabelSetStore;
  readonly ruleSets: RuleSetStore;
  readonly finished: Queue<Finished>;
}

/**
 * Reads a chunk's records, judges the distinct ones and writes pages. May be called any number of times for a chunk:
 * pages are put only if absent and cut by the source alone, so that a later run cannot change what an earlier one showed.
 */
export async function processChunk(
  ports: ProcessPorts,
  chunk: Chunk,
  budget: { remainingMs(): number },
): Promise<'processed' | 'known' | 'job-over' | 'failed'> {
  const job = await ports.jobs.get(chunk.tenant, chunk.jobId);
  if (job === undefined || job.state !== 'running') return 'job-over';
  const known = await ports.jobs.segment(chunk.tenant, chunk.jobId, chunk.segment);
  if (known?.done.has(chunk.chunk)) {
    await checkSegment(ports, job, known);
    return 'known';
  }
  try {
    await judgeChunk(ports, job, chunk, budget);
    return 'processed';
  } catch (error) {
    // The source is gone or was written anew: no later try reads it.
    if (!(error instanceof InvalidInput)) throw error;
    await checkSegment(ports, job, await ports.jobs.chunkFailed(chunk, error.message));
    return 'failed';
  }
}

async function judgeChunk(
  ports: ProcessPorts,
  job: Job,
  chunk: Chunk,
  budget: { remainingMs(): number },
): Promise<void> {
  if (job.layout === undefined) throw new Fault('layout-missing', `job ${job.id} has chunks and no layout`);
  const masked = await readMasked(ports.objects, job.layout, chunk);
  const cascade = await cascadeOfJob(ports, job);
  const rows = await judgeRows(cascade, chunk.tenant, masked, budget);
  for (const [page, pageRows] of cutPages(masked, rows).entries()) {
    const key = { tenant: chunk.tenant, jobId: chunk.jobId, segment: chunk.segment, chunk: chunk.chunk, page };
    await ports.pages.putIfAbsent(key, packPage({ cascade: cascade.version, rows: pageRows }));
  }
  const rejected = rows.filter((row) => 'rejection' in row).length;
  const segment = await ports.jobs.chunkDone(chunk, { accepted: rows.length - rejected, rejected });
  await checkSegment(ports, job, segment);
}

async function readMasked(objects: ObjectStore, layout: Layout, chunk: Chunk): Promise<MaskedRow[]> {
  const bytes = await objects.read(chunk.object, { start: chunk.start, end: chunk.end });
  const rows: MaskedRow[] = [];
  for await (const batch of readRows(layout, bytes, { row: chunk.firstRow, line: chunk.firstLine }))
    for (const row of batch) rows.push(maskRow(row));
  if (rows.length !== chunk.records)
    throw new Fault('records-differ', `a chunk of ${chunk.records} records was read as ${rows.length}`);
  return rows;
}

/** Bytes of a record that can end up in a page: a pattern's characters at three bytes each. */
const ROW_BYTES = LIMITS.patternChars * 3;
const ROW_OVERHEAD = 64;

/** Cuts by count and by the records' own bytes, never by what was answered. */
function cutPages(source: readonly MaskedRow[], rows: readonly JudgedRow[]): JudgedRow[][] {
  const pages: JudgedRow[][] = [];
  let bytes = 0;
  for (const [index, row] of rows.entries()) {
    const weight = Math.min(source[index]?.bytes ?? 0, ROW_BYTES) + ROW_OVERHEAD;
    const open = pages.at(-1);
    if (open === undefined || open.length === LIMITS.pageRecords || bytes + weight > LIMITS.pageBytes) {
      pages.push([row]);
      bytes = weight;
    } else {
      open.push(row);
      bytes += weight;
    }
  }
  return pages;
}
