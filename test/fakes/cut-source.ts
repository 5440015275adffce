import type { Chunk } from '../../lib/domain/chunk.ts';
import type { Job } from '../../lib/domain/job.ts';
import { checkSegment } from '../../lib/jobs/check-segment.ts';
import { aChunk } from '../factories/jobs.ts';
import type { MemoryService } from './service.ts';

const KEY = 'incoming/acme/app.csv';
const HEADER = 'source,message\n';

/** A CSV of one record a line, cut by hand: `segments[s][c]` are the lines of chunk c of segment s. */
export function cutSource(segments: readonly (readonly (readonly string[])[])[]) {
  const lines = segments.flat(2);
  const text = HEADER + lines.map((line) => `${line}\n`).join('');
  const chunks: Chunk[] = [];
  let offset = HEADER.length;
  let row = 1;
  for (const [segment, parts] of segments.entries())
    for (const [chunk, part] of parts.entries()) {
      const bytes = Buffer.byteLength(part.map((line) => `${line}\n`).join(''));
      const object = { bucket: 'uploads', key: KEY };
      const place = { segment, chunk, object, start: offset, end: offset + bytes };
      chunks.push(aChunk({ ...place, records: part.length, firstRow: row, firstLine: row + 1 }));
      offset += bytes;
      row += part.length;
    }
  const totals = { segments: segments.length, chunks: chunks.length, records: lines.length };
  return { text, chunks, totals, lines };
}
export type CutSource = ReturnType<typeof cutSource>;

/** What ingest does with a source that is cut already; may be run again and again. */
export async function ingestCut(
  ports: Pick<MemoryService, 'jobs' | 'objects' | 'chunksBulk' | 'finished'>,
  job: Job,
  source: CutSource,
): Promise<void> {
  await ports.objects.put('uploads', KEY, source.text);
  for (let segment = 0; segment < source.totals.segments; segment += 1) {
    const chunks = source.chunks.filter((chunk) => chunk.segment === segment);
    await ports.chunksBulk.send(chunks);
    const [first] = chunks;
    if (first === undefined) continue;
    const closed = await ports.jobs.closeSegment(job.tenant, job.id, segment, {
      object: first.object,
      start: first.start,
      end: chunks.at(-1)?.end ?? first.end,
      chunks: chunks.length,
      records: chunks.reduce((sum, { records }) => sum + records, 0),
      firstRow: first.firstRow,
      firstLine: first.firstLine,
    });
    await checkSegment(ports, job, closed);
  }
  await ports.jobs.update(job.tenant, job.id, ['running'], { totals: source.totals }, { absent: 'totals' });
  await ports.finished.send(
    [...new Set([0, source.totals.segments - 1])].map((segment) => ({ tenant: job.tenant, jobId: job.id, segment })),
  );
}
