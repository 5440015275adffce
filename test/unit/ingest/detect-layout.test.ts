import { describe, expect, it } from 'vitest';
import { InvalidInput } from '../../../lib/domain/errors.ts';
import type { Job } from '../../../lib/domain/job.ts';
import { detectLayout } from '../../../lib/ingest/detect-layout.ts';

function detect(head: string | Uint8Array, options: { name?: string; wanted?: Job['wanted']; whole?: boolean } = {}) {
  const { name = 'app.csv', wanted = {}, whole = true } = options;
  return detectLayout({ name, wanted, head: typeof head === 'string' ? Buffer.from(head) : head, whole });
}

function refusal(...args: Parameters<typeof detect>): InvalidInput {
  try {
    detect(...args);
  } catch (error) {
    if (error instanceof InvalidInput) return error;
  }
  throw new Error('not refused');
}

describe('detecting the layout of a CSV', () => {
  it('recognises columns by their names, case and spaces aside', () => {
    const { layout, dataStart, dataLine } = detect(' Time ,Severity,LOGGER,Log_Message,host\n1,2,3,4,5\n');

    expect(layout.columns).toEqual({
      message: 'Log_Message',
      source: 'LOGGER',
      level: 'Severity',
      timestamp: ' Time ',
    });
    expect([dataStart, dataLine]).toEqual([40, 2]);
  });

  it.each([
    [',', 'a,message\n'],
    [';', 'a;message;b,c\n'],
    ['\t', 'a\tmessage, text\tmessage\n'],
  ])('finds the delimiter %j by the header', (delimiter, head) => {
    expect(detect(head).layout.delimiter).toBe(delimiter);
  });

  it('skips the line in which Excel names the separator', () => {
    const { layout, dataStart, dataLine } = detect('sep=;\r\nlevel;message\r\ninfo;up\r\n');

    expect(layout).toMatchObject({ delimiter: ';', header: ['level', 'message'] });
    expect([dataStart, dataLine]).toEqual([22, 3]);
  });

  it('takes a tab in a .tsv whatever else is there', () => {
    expect(detect('message\ta,b,c\n', { name: 'x.tsv.gz' }).layout.header).toEqual(['message', 'a,b,c']);
  });

  it('skips a byte order mark, blank lines and quoted newlines in the header', () => {
    const { layout, dataStart, dataLine } = detect('\uFEFF\r\n"message","a\nb"\r\nx,y\r\n');

    expect(layout.header).toEqual(['message', 'a\nb']);
    expect([dataStart, dataLine]).toEqual([22, 4]);
  });

  it('prefers the surest of several names and the first of equal ones', () => {
    expect(detect('text,log,message,Message\n').layout.columns.message).toBe('message');
  });

  it('takes the columns that are wanted', () => {
    const columns = { message: 'WHAT', source: 'who' };

    expect(detect('who,what,message\n', { wanted: { columns } }).layout.columns).toEqual({
      message: 'what',
      source: 'who',
    });
  });

  it('refuses a wanted column that is not there, naming those that are', () => {
    const error = refusal('who,what\n', { wanted: { columns: { message: 'where' } } });

    expect(error.code).toBe('unknown-column');
    expect(error.message).toContain('"who", "what"');
    expect(error.issues).toEqual([{ path: 'columns.message', message: 'no column "where"' }]);
  });

  it('a CSV without a message column is refused, naming what was found and how to set it', () => {
    const error = refusal('id,host,value\n1,2,3\n');

    expect(error.code).toBe('no-message-column');
    expect(error.message).toMatch(/"id", "host", "value".*x-amz-meta-message-column/);
  });

  it.each(['2025-01-01 10:00:00,web,started\n', '1,,x\n', 'web,the user 17 has just logged in here\n'])(
    'a CSV without a header is refused: %j',
    (head) => {
      expect(refusal(head).code).toBe('no-header');
    },
  );

  it('refuses a header whose quote is never closed, and one that is cut off', () => {
    expect(refusal('message,"open\na,b\n').code).toBe('no-header');
    expect(refusal('message,and no line end', { whole: false }).code).toBe('no-header');
  });

  it('refuses more columns than are read', () => {
    expect(refusal(`message${',a'.repeat(512)}\n`).code).toBe('too-many-columns');
    expect(detect(`message${',a'.repeat(511)}\n`).layout.header).toHaveLength(512);
  });

  it('refuses a column whose name no job could keep', () => {
    expect(refusal(`${' '.repeat(300)}message,a\nx,y\n`).code).toBe('long-column-name');
    expect(detect(`${' '.repeat(200)}message,a\nx,y\n`).layout.columns.message).toHaveLength(207);
  });

  it('names twenty columns and how many more there are', () => {
    expect(refusal(`${'x,'.repeat(30)}y\n`).message).toContain('and 11 more');
  });

  it('refuses the line ends of the old Mac', () => {
    expect(refusal('message,a\rb,c\rd,e\r').code).toBe('lone-cr');
  });
});

describe('refusing what is not text', () => {
  it.each([
    ['a zip named .csv', Buffer.from('PK\u0003\u0004....'), 'not-text', 'zip'],
    ['a Parquet file named .csv', Buffer.from('PAR1....'), 'not-text', 'Parquet'],
    ['a PNG named .csv', Buffer.from('89504e470d0a1a0a', 'hex'), 'not-text', 'PNG'],
    ['UTF-16 with a byte order mark', Buffer.from('\uFEFFmessage\n', 'utf16le'), 'utf-16', 'save it as UTF-8'],
    ['UTF-16 big endian', Buffer.from('\uFEFFmessage\n', 'utf16le').swap16(), 'utf-16', 'big endian'],
    ['UTF-16 without a byte order mark', Buffer.from('message,source\n', 'utf16le'), 'utf-16', 'UTF-16'],
    ['big endian UTF-16 without one', Buffer.from('message,source\n', 'utf16le').swap16(), 'utf-16', 'UTF-16'],
    ['UTF-32', Buffer.from('fffe00006d000000', 'hex'), 'utf-16', 'UTF-32'],
    ['an empty file', Buffer.alloc(0), 'empty-file', 'empty'],
    ['a file of blank lines', Buffer.from('\uFEFF \r\n\n'), 'empty-file', 'empty'],
  ])('%s is refused by name', (_, head, code, words) => {
    const error = refusal(head);

    expect(error.code).toBe(code);
    expect(error.message).toContain(words);
  });

  it('stray NUL bytes are text', () => {
    expect(detect('message\n\0\0a\0b\0\0\n').layout.format).toBe('csv');
  });
});

describe('detecting the layout of other formats', () => {
  it.each([
    ['a.ndjson', 'ndjson'],
    ['a.jsonl.gz', 'ndjson'],
    ['a.LOG', 'log'],
    ['dir.v2/a.txt', 'log'],
  ])('%s is %s by its name', (name, format) => {
    expect(detect('{"message":"x"}\n', { name }).layout.format).toBe(format);
  });

  it.each([
    [' {"message":"x"}\n', 'ndjson'],
    ['time;"message"\n1;2\n', 'csv'],
    ['2025 INFO message, with a comma\n', 'log'],
  ])('a name that says nothing leaves it to the content: %j', (head, format) => {
    expect(detect(head, { name: 'data' }).layout.format).toBe(format);
  });

  it('what the owner says goes before the name', () => {
    const { layout } = detect('any text', { wanted: { format: 'log', joinContinuations: true, source: 'web\n1' } });

    expect(layout).toEqual({ format: 'log', columns: {}, joinContinuations: true, defaultSource: 'web 1' });
  });

  it('records without a source get the name of the file', () => {
    expect(detect('{"message":"x"}', { name: 'a/b/Web server.v1.ndjson.gz' }).layout.defaultSource).toBe(
      'Web server.v1',
    );
  });

  it('NDJSON without a message key is refused, naming the keys', () => {
    const error = refusal('{"a":1}\n{"b":2}\nnot json', { name: 'x.ndjson' });

    expect(error.code).toBe('no-message-column');
    expect(error.message).toContain('but only "a", "b".');
    expect(refusal('{}\n{}', { name: 'x.ndjson' }).message).toContain('but no keys at all.');
    expect(refusal('{"msg":"x"}', { name: 'x.ndjson', wanted: { columns: { message: 'text' } } }).code).toBe(
      'no-message-column',
    );
  });

  it('NDJSON is taken when any of the first lines has a message, or is a string', () => {
    expect(detect('{"a":1}\n{"MSG":"x"}', { name: 'x.ndjson' }).layout.columns).toEqual({});
    expect(detect('{"a":1}\n"text"', { name: 'x.ndjson' }).layout.format).toBe('ndjson');
    expect(detect('not json at all', { name: 'x.ndjson' }).layout.format).toBe('ndjson');
  });

  it.each(['[{"message":"x"}]', '[\n {"message":"x"}\n]'])(
    'a JSON array is refused with what to send instead: %j',
    (head) => {
      expect(refusal(head, { name: 'x.json' }).code).toBe('json-array');
    },
  );
});
