import type { Chunk } from '../domain/chunk.ts';
import type { Pins } from '../domain/job.ts';

type CutChunk = Pick<Chunk, 'start' | 'end' | 'records' | 'firstRow' | 'firstLine'>;

/** Cuts lines of one record each, every one ended by a newline, into chunks by the job's pins. */
export function cutLines(body: Buffer, { chunkRecords, chunkBytes }: Pins): CutChunk[] {
  const chunks: CutChunk[] = [];
  let start = 0;
  for (let row = 1; start < body.length; row += 1) {
    const end = body.indexOf('\n', start) + 1 || body.length;
    const open = chunks.at(-1);
    if (open === undefined || open.records === chunkRecords || end - open.start > chunkBytes)
      chunks.push({ start, end, records: 1, firstRow: row, firstLine: row });
    else chunks[chunks.length - 1] = { ...open, end, records: open.records + 1 };
    start = end;
  }
  return chunks;
}
