import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRecordScanner, type RecordShape, type ScannedRecord } from '../../../lib/ingest/scan-records.ts';
import { createGzipStaging, stagingRef } from '../../../lib/ingest/stage-gzip.ts';
import { fakeClock } from '../../fakes/clock.ts';
import { memoryObjectStore } from '../../fakes/object-store.ts';

const LIMIT = 20;
const job = { bucket: 'data', tenant: 'acme', jobId: '0123456789abcdefghijklmnop' };
const span = { segment: 0, start: 0, end: 0, records: 0, firstRow: 1, firstLine: 1 };

function scan(shape: RecordShape, bytes: Buffer, line: number, on: (record: ScannedRecord) => void) {
  const scanner = createRecordScanner(shape, { offset: 0, line }, on, LIMIT);
  scanner.push(bytes);
  scanner.end();
}
const describeRecord = ({ bytes, from, to, line, rejection }: ScannedRecord) => [
  bytes.toString('latin1', from, to),
  line,
  rejection,
];

async function stage(shape: RecordShape, body: string) {
  const objects = memoryObjectStore(fakeClock());
  const staging = createGzipStaging(objects, job, 0, LIMIT);
  const records: unknown[] = [];
  let firstLine = 1;
  scan(shape, Buffer.from(body), 1, (record) => {
    if (records.length === 0) firstLine = record.line;
    records.push(describeRecord(record));
    staging.append(record);
  });
  staging.closeChunk({ ...span, chunk: 0 });
  staging.closeSegment({ ...span, chunks: 1 });
  await staging.upload();
  const parts: Uint8Array[] = [];
  for await (const part of await objects.read(stagingRef(job, 0))) parts.push(part);
  return { records, staged: Buffer.concat(parts), firstLine };
}

describe('a staging object', () => {
  const pieces = ['"', ',', '\n', '\r\n', '  \n', ' \t\r\n', 'ab', '",', ' at x\n', 'x'.repeat(12), '\n\n\n'];
  const bodies = fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((parts) => parts.join(''));
  const shapes = fc.constantFrom<RecordShape>(
    { format: 'csv', delimiter: ',', joinContinuations: false },
    { format: 'log', joinContinuations: true },
    { format: 'ndjson', joinContinuations: false },
  );

  it('holds the records, rejections and line numbers of its source', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, bodies, async (shape, body) => {
        const { records, staged, firstLine } = await stage(shape, body);

        const again: unknown[] = [];
        scan(shape, staged, firstLine, (record) => again.push(describeRecord(record)));
        expect(again).toEqual(records);
      }),
      { numRuns: 2000, seed: 6 },
    );
  });

  it('is refused to a source of which blank lines would fill the memory', async () => {
    const staged = stage({ format: 'log', joinContinuations: false }, `a\n${'\n'.repeat(1_000_001)}b\n`);

    await expect(staged).rejects.toMatchObject({ code: 'blank-lines' });
  });
});
