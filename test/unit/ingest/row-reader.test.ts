import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Layout } from '../../../lib/domain/job.ts';
import { parseFields, writeField } from '../../../lib/ingest/csv-fields.ts';
import { readRows, type SourceRow } from '../../../lib/ingest/row-reader.ts';

const csv: Layout = {
  format: 'csv',
  delimiter: ',',
  header: ['ts', 'source', 'message', 'level'],
  columns: { message: 'message', source: 'source', level: 'level', timestamp: 'ts' },
  joinContinuations: false,
  defaultSource: 'file',
};
const ndjson: Layout = { format: 'ndjson', columns: {}, joinContinuations: false, defaultSource: 'file' };
const log: Layout = { format: 'log', columns: {}, joinContinuations: true, defaultSource: 'file' };

async function read(layout: Layout, body: string | Buffer, buffer = 1_000, from = { row: 1, line: 1 }) {
  const bytes = Buffer.from(body);
  async function* buffers() {
    for (let at = 0; at < bytes.length; at += buffer) yield bytes.subarray(at, at + buffer);
  }
  const rows: SourceRow[] = [];
  for await (const batch of readRows(layout, buffers(), from)) rows.push(...batch);
  return rows;
}

const outcomes = (rows: readonly SourceRow[]) => rows.map((row) => ('record' in row ? row.record : row.rejection));

describe('reading CSV rows', () => {
  it('reads the columns of the layout, its source by default', async () => {
    const rows = await read(csv, '2025,web,"said ""hi"", left",WARN\n,,text,\n', 7, { row: 5, line: 9 });

    expect(outcomes(rows)).toEqual([
      { source: 'web', message: 'said "hi", left', timestamp: '2025', level: 'WARN' },
      { source: 'file', message: 'text', timestamp: undefined, level: undefined },
    ]);
    expect(rows.map(({ row, line }) => [row, line])).toEqual([
      [5, 9],
      [6, 10],
    ]);
  });

  it('ragged rows: too few fields are empty, too many are rejected with both counts', async () => {
    const rows = await read(csv, '2025,web,text\n2025,web\n2025,web,text,INFO,more,still\n');

    expect(outcomes(rows)).toEqual([
      { source: 'web', message: 'text', timestamp: '2025', level: undefined },
      'no text in column "message"',
      '6 fields where the header has 4',
    ]);
  });

  it('keeps CRLF out of the last field and inside quotes as it is', async () => {
    const rows = await read(csv, ',,"a\r\nb",INFO\r\n');

    expect(outcomes(rows)).toEqual([{ source: 'file', message: 'a\r\nb', timestamp: undefined, level: 'INFO' }]);
    expect(rows[0]?.text).toBe(',,"a\r\nb",INFO');
  });

  it('NUL bytes, broken UTF-8 and lone surrogates are text', async () => {
    const hostile = Buffer.concat([
      Buffer.from(',,a\0b'),
      Buffer.from('ff', 'hex'),
      Buffer.from('eda080', 'hex'),
      Buffer.from(',\n'),
    ]);

    expect(outcomes(await read(csv, hostile, 1))).toMatchObject([{ message: 'a\0b\uFFFD\uFFFD\uFFFD\uFFFD' }]);
  });

  it('a 2 MB line is rejected with its first bytes kept', async () => {
    const rows = await read(csv, `,,a,\n,,${'x'.repeat(2_000_000)},\n,,b,\n`, 65_536);

    expect(rows.map(({ row, line }) => [row, line])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    expect(rows[1]).toMatchObject({ rejection: 'the line is over 1048576 bytes' });
    expect(rows[1]).toMatchObject({ text: `,,${'x'.repeat(998)}`, bytes: 1000 });
  });

  it('an unclosed quote costs its own row only', async () => {
    const rows = await read(csv, ',,a,\n,,"open,\n,,b,\n');

    expect(outcomes(rows)).toMatchObject([
      { message: 'a' },
      expect.stringMatching(/^a quote is not closed/),
      { message: 'b' },
    ]);
  });

  it('cuts sources, levels and timestamps to their limits', async () => {
    const [row] = await read(csv, `${'1'.repeat(100)},${'s'.repeat(200)},m,${'l'.repeat(100)}\n`);

    expect(row).toMatchObject({
      record: { source: 's'.repeat(128), timestamp: '1'.repeat(64), level: 'l'.repeat(64) },
    });
  });
});

describe('fields', () => {
  it('what is written is read back', () => {
    const field = fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a', ' ', 'é') });
    fc.assert(
      fc.property(fc.array(field, { minLength: 1 }), (fields) => {
        const text = fields.map((each) => writeField(each, ',')).join(',');

        expect(parseFields(text, ',')).toEqual(fields);
      }),
    );
  });

  it('takes text after a closing quote and an unclosed quote literally', () => {
    expect(parseFields('"a"b"c,"d', ',')).toEqual(['ab"c', 'd']);
    expect(parseFields('"a""', ',')).toEqual(['a"']);
    expect(parseFields('"a",', ',')).toEqual(['a', '']);
  });
});

describe('reading NDJSON rows', () => {
  it('finds values under known names and spells out what is no text', async () => {
    const lines = [
      { msg: 'a', service: 'web', level: 50, time: 17 },
      { Message: 'b', SEVERITY: 'info' },
      { message: null, log: { deep: 1 }, level: 5 },
      { body: true, level: false },
    ];
    const rows = await read(ndjson, lines.map((line) => JSON.stringify(line)).join('\n'));

    expect(outcomes(rows)).toEqual([
      { source: 'web', message: 'a', timestamp: '17', level: 'error' },
      { source: 'file', message: 'b', timestamp: undefined, level: 'info' },
      { source: 'file', message: '{"deep":1}', timestamp: undefined, level: '5' },
      { source: 'file', message: 'true', timestamp: undefined, level: 'false' },
    ]);
  });

  it('takes a string for a message and rejects what is neither', async () => {
    const rows = await read(ndjson, '"text"\n17\nnull\n[1]\n" "\n{"a":1}\n{broken\n');

    expect(outcomes(rows)).toEqual([
      { source: 'file', message: 'text' },
      'neither an object nor a string, but a number',
      'neither an object nor a string, but null',
      'neither an object nor a string, but an array',
      'an empty string',
      'no text under any of the keys message, log_message, log, msg, body, content, text',
      'not JSON: it begins with "{broken"',
    ]);
  });

  it('reads only the wanted key where one is wanted, inherited names never', async () => {
    const layout: Layout = { ...ndjson, columns: { message: 'constructor' } };

    expect(outcomes(await read(layout, '{"message":"x"}\n{"constructor":"y"}\n'))).toEqual([
      'no text under the key "constructor"',
      { source: 'file', message: 'y', timestamp: undefined, level: undefined },
    ]);
  });

  it('survives nesting of any depth', async () => {
    const deep = `{"message":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;

    expect(outcomes(await read(ndjson, deep, 65_536))[0]).toMatch(/^no text under any/);
  });
});

describe('reading a plain log', () => {
  it('takes lines for messages and joins continuations with LF', async () => {
    const rows = await read(log, 'ERROR x\r\n\tat y\r\nINFO z', 3);

    expect(outcomes(rows)).toEqual([
      { source: 'file', message: 'ERROR x\n\tat y' },
      { source: 'file', message: 'INFO z' },
    ]);
    expect(rows.map(({ line }) => line)).toEqual([1, 3]);
  });
});
