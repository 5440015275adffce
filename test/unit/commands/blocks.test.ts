import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBlocks } from '../../../infra/commands/classify/blocks.ts';
import type { Layout } from '../../../lib/domain/job.ts';
import { LIMITS } from '../../../lib/domain/limits.ts';
import { readRows, type SourceRow } from '../../../lib/ingest/row-reader.ts';

const csv: Layout = {
  format: 'csv',
  delimiter: ',',
  header: ['message', 'source'],
  columns: { message: 'message', source: 'source' },
  joinContinuations: false,
  defaultSource: '',
};
const log: Layout = { format: 'log', columns: {}, joinContinuations: true, defaultSource: '' };
const ndjson: Layout = { ...log, format: 'ndjson', joinContinuations: false };

async function* inBuffers(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function whole(layout: Layout, bytes: Buffer): Promise<SourceRow[]> {
  const rows: SourceRow[] = [];
  for await (const batch of readRows(layout, inBuffers(bytes, 1e9), { row: 1, line: 2 })) rows.push(...batch);
  return rows;
}

/** The same bytes cut into blocks, each read by itself. */
async function byBlocks(layout: Layout, bytes: Buffer, blockBytes: number, buffer = 1_000) {
  const opened = { layout, dataStart: 0, dataLine: 2, read: async () => inBuffers(bytes, buffer) };
  const rows: SourceRow[] = [];
  let blocks = 0;
  for await (const block of readBlocks(opened, blockBytes)) {
    blocks += 1;
    for await (const batch of readRows(layout, inBuffers(Buffer.from(block.bytes), 1e9), block)) rows.push(...batch);
  }
  return { rows, blocks };
}

const piece = fc.constantFrom(
  ...[
    'a',
    'long words and more of them',
    ',',
    '"',
    '""',
    ',"',
    '\n',
    '\r\n',
    ' \n',
    '\t\n',
    '\n\n \n',
    '"x\ny"',
    ',b\n',
  ],
  ...['  at f(g.java:1)\n', 'Caused by: it\n', '{"message":"x"}\n', '\0', 'é\n', 'x'.repeat(90)],
);

describe('cutting a file into blocks', () => {
  it.each([
    ['CSV', csv],
    ['CSV with tabs', { ...csv, delimiter: '\t' }],
    ['a log with stack traces', log],
    ['NDJSON', ndjson],
  ])('%s: the blocks hold the rows of the file, with their rows and lines', async (_name, layout) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 80 }),
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 64 }),
        async (pieces, blockBytes, buffer) => {
          const bytes = Buffer.from(pieces.join(''));

          const { rows } = await byBlocks(layout, bytes, blockBytes, buffer);

          expect(rows).toEqual(await whole(layout, bytes));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('lines over the limit are rejected as in the file, and memory of them is not kept', async () => {
    const long = 'x'.repeat(2 * LIMITS.recordBytes);
    const bytes = Buffer.from(`a,b\n"open\n${long},"\n\n${long}\nc,d\n`);

    const { rows } = await byBlocks(csv, bytes, 100_000, 65_536);

    expect(rows).toEqual(await whole(csv, bytes));
    expect(rows.map((row) => 'rejection' in row)).toEqual([false, true, true, true, false]);
  });

  it('blank lines count for how far an open quote reaches', async () => {
    const blanks = `${' '.repeat(999)}\n`.repeat(Math.ceil(LIMITS.recordBytes / 1_000));
    const bytes = Buffer.from(`"open\nx,y\n${blanks}closed"\nc,d\n`);

    const { rows } = await byBlocks(csv, bytes, 4 * LIMITS.recordBytes, 65_536);

    expect(rows).toEqual(await whole(csv, bytes));
    expect(rows[0]).toMatchObject({ rejection: expect.stringContaining('a quote is not closed') });
  });

  it('cuts where a block is full', async () => {
    const { blocks } = await byBlocks(csv, Buffer.from('some text,web\n'.repeat(1_000)), 1_400);

    expect(blocks).toBe(10);
  });
});
