import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRecordScanner, type RecordShape } from '../../../lib/ingest/scan-records.ts';

interface Span {
  start: number;
  end: number;
  next: number;
  line: number;
  rejection: string | undefined;
}

const csv: RecordShape = { format: 'csv', delimiter: ',', joinContinuations: false };
const log: RecordShape = { format: 'log', joinContinuations: false };
const joined: RecordShape = { format: 'log', joinContinuations: true };

function scan(
  shape: RecordShape,
  bytes: Buffer,
  options: { limit?: number; buffers?: readonly number[]; offset?: number; line?: number } = {},
): Span[] {
  const { limit, buffers = [], offset = 0, line = 1 } = options;
  const spans: Span[] = [];
  const scanner = createRecordScanner(
    shape,
    { offset, line },
    (record) => {
      const end = record.offset + (record.to - record.from);
      spans.push({ start: record.offset, end, next: record.next, line: record.line, rejection: record.rejection });
    },
    limit,
  );
  let at = 0;
  for (let turn = 0; at < bytes.length; turn++) {
    const size = buffers[turn % Math.max(1, buffers.length)] ?? bytes.length;
    scanner.push(bytes.subarray(at, at + size));
    at += size;
  }
  scanner.end();
  return spans;
}

function texts(shape: RecordShape, text: string, limit?: number): string[] {
  const bytes = Buffer.from(text);
  return scan(shape, bytes, { limit }).map(({ start, end, rejection }) => {
    const record = bytes.toString('utf8', start, end);
    return rejection === undefined ? record : `${rejection}: ${record}`;
  });
}

/** The rule said in the plainest way, quadratic: what the scanner must agree with. */
function referenceCsv(text: string, limit: number): Span[] {
  const spans: Span[] = [];
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const newline = text.indexOf('\n', at);
    const lineEnd = newline < 0 ? text.length : newline;
    const next = newline < 0 ? text.length : newline + 1;
    if (lineEnd - at <= limit && /^[ \t\r]*$/.test(text.slice(at, lineEnd))) {
      at = next;
      line++;
      continue;
    }
    const end = referenceEnd(text, at);
    const isOverLine = lineEnd - at > limit;
    const isOpen = end === undefined || end - at > limit;
    if (isOverLine) spans.push({ start: at, end: at + limit + 1, next, line, rejection: 'over-limit' });
    else if (isOpen) spans.push({ start: at, end: lineEnd, next, line, rejection: 'unclosed-quote' });
    const isWhole = !isOverLine && !isOpen;
    const after = isWhole ? Math.min(text.length, end + 1) : next;
    if (isWhole) spans.push({ start: at, end, next: after, line, rejection: undefined });
    line += text.slice(at, after).split('\n').length - 1;
    at = after;
  }
  return spans;
}

function referenceEnd(text: string, from: number): number | undefined {
  let at = from;
  for (;;) {
    if (text[at] === '"') {
      at++;
      for (;;) {
        if (at >= text.length) return undefined;
        if (text[at] !== '"') at++;
        else if (text[at + 1] === '"') at += 2;
        else break;
      }
      at++;
    }
    while (at < text.length && text[at] !== ',' && text[at] !== '\n') at++;
    if (at >= text.length) return text.length;
    if (text[at] === '\n') return at;
    at++;
  }
}

const pieces = ['"', '"', '""', ',', '\n', '\n', '\r\n', 'a', 'bc', ' ', '\t', 'x"y,"\n', '"q\nq"', '\0', '\r', '",'];
const hostileCsv = fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((parts) => parts.join(''));
const bufferSizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });

describe('scanning CSV', () => {
  it('finds records, joins quoted newlines and skips blank lines', () => {
    expect(texts(csv, 'a,b\n\n"x\ny",z\r\n   \nlast')).toEqual(['a,b', '"x\ny",z\r', 'last']);
  });

  it('takes text after a closing quote, and quotes inside plain text, literally', () => {
    expect(texts(csv, '"a"b"c,d\ne"f,"g\nh"\n')).toEqual(['"a"b"c,d', 'e"f,"g\nh"']);
  });

  it('rejects an unclosed quote at its first line and goes on at the next', () => {
    expect(texts(csv, 'a,"open\nb,c\nd,e\n')).toEqual(['unclosed-quote: a,"open', 'b,c', 'd,e']);
  });

  it('rejects a record over the limit at its first line and goes on at the next', () => {
    expect(texts(csv, '"open\nb,c\nd,e\nend"\nf\n', 12)).toEqual(['unclosed-quote: "open', 'b,c', 'd,e', 'end"', 'f']);
  });

  it('keeps the first bytes of a line over the limit, however long it is', () => {
    const line = 'x'.repeat(50);

    expect(texts(csv, `a\n${line}\nb\n${line}`, 10)).toEqual([
      'a',
      `over-limit: ${'x'.repeat(11)}`,
      'b',
      `over-limit: ${'x'.repeat(11)}`,
    ]);
  });

  it('takes a record of exactly the limit', () => {
    expect(texts(csv, '"3456\n89"\n"3456\n890"\n', 9)).toEqual(['"3456\n89"', 'unclosed-quote: "3456', '890"']);
  });

  it('counts physical lines through quoted newlines, blank lines and rejections', () => {
    const spans = scan(csv, Buffer.from('\n"a\nb"\n\nc\n"open\nd\n'));

    expect(spans.map(({ line }) => line)).toEqual([2, 5, 6, 7]);
  });

  it('agrees with the rule said plainly, in buffers of any size', () => {
    fc.assert(
      fc.property(hostileCsv, fc.integer({ min: 1, max: 25 }), bufferSizes, (text, limit, buffers) => {
        expect(scan(csv, Buffer.from(text), { limit, buffers })).toEqual(referenceCsv(text, limit));
      }),
      { numRuns: 3000, seed: 1 },
    );
  });

  it('finds the same records in any run of whole records as in the whole', () => {
    fc.assert(
      fc.property(
        hostileCsv,
        fc.integer({ min: 1, max: 25 }),
        bufferSizes,
        fc.array(fc.nat(), { maxLength: 4 }),
        (text, limit, buffers, cuts) => {
          const bytes = Buffer.from(text);
          const whole = scan(csv, bytes, { limit });
          const edges = [...new Set(cuts.map((cut) => cut % (whole.length + 1)))].sort((a, b) => a - b);
          const bounds = [0, ...edges, whole.length];
          const chunks = bounds.slice(1).map((end, index) => whole.slice(bounds[index], end));

          const parts = chunks.flatMap((chunk) => {
            const [first] = chunk;
            const last = chunk.at(-1);
            if (first === undefined || last === undefined) return [];
            // A chunk ends with its last record; of a line over the limit its kept bytes are enough.
            const end = last.rejection === 'over-limit' ? last.end : last.next;
            return scan(csv, bytes.subarray(first.start, end), {
              limit,
              buffers,
              offset: first.start,
              line: first.line,
            });
          });

          const ignoringLineEnds = (spans: Span[]) => spans.map(({ next: _, ...span }) => span);
          expect(ignoringLineEnds(parts)).toEqual(ignoringLineEnds(whole));
        },
      ),
      { numRuns: 3000, seed: 2 },
    );
  });

  it('loses no bytes but blank ones: records and what is between them are the whole', () => {
    fc.assert(
      fc.property(hostileCsv, fc.integer({ min: 1, max: 25 }), (text, limit) => {
        let at = 0;
        for (const { start, next } of scan(csv, Buffer.from(text), { limit })) {
          expect(text.slice(at, start)).toMatch(/^[ \t\r\n]*$/);
          at = next;
        }
        expect(text.slice(at)).toMatch(/^[ \t\r\n]*$/);
      }),
      { numRuns: 1000, seed: 3 },
    );
  });

  it('stays linear where every line opens a quote that the next closes and opens again', () => {
    const bytes = Buffer.from('x"y,"\n'.repeat(300_000));
    let rejected = 0;
    const started = performance.now();
    const scanner = createRecordScanner(csv, { offset: 0, line: 1 }, ({ rejection }) => {
      if (rejection !== undefined) rejected++;
    });
    scanner.push(bytes);
    scanner.end();

    // Reading each rejected record again to its limit would take 300,000 times 1 MiB: minutes.
    expect(rejected).toBe(300_000);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('an unclosed quote at the end of a 100 MB file costs one row and a few megabytes', () => {
    const block = Buffer.from('2025-01-01,web,"quoted, text",plain text of a line\n'.repeat(20_000));
    let accepted = 0;
    let rejected = 0;
    const scanner = createRecordScanner(csv, { offset: 0, line: 1 }, ({ rejection }) => {
      if (rejection === undefined) accepted++;
      else rejected++;
    });
    for (let turn = 0; turn < 100; turn++) scanner.push(block);
    scanner.push(Buffer.from('2025-01-01,web,"open\nnext\nlast'));
    scanner.end();

    expect([accepted, rejected]).toEqual([2_000_002, 1]);
    expect(scanner.highWater()).toBeLessThan(6 * 1024 * 1024);
  });

  it('a line of 200 MB is passed over without being held', () => {
    const block = Buffer.alloc(1024 * 1024, 'x');
    const spans: (string | undefined)[] = [];
    const scanner = createRecordScanner(csv, { offset: 0, line: 1 }, ({ rejection }) => spans.push(rejection));
    for (let turn = 0; turn < 200; turn++) scanner.push(block);
    scanner.push(Buffer.from('\nafter\n'));
    scanner.end();

    expect(spans).toEqual(['over-limit', undefined]);
    expect(scanner.highWater()).toBeLessThan(6 * 1024 * 1024);
  });
});

describe('scanning lines', () => {
  it('takes each line for a record, quotes or not', () => {
    expect(texts(log, '"a\nb"\n\n c\r\n')).toEqual(['"a', 'b"', ' c\r']);
  });

  it('a 2 MB line is rejected and its neighbours are not', () => {
    const spans = scan(log, Buffer.from(`a\n${'x'.repeat(2_000_000)}\nb\n`));

    expect(spans.map(({ rejection, line }) => [line, rejection])).toEqual([
      [1, undefined],
      [2, 'over-limit'],
      [3, undefined],
    ]);
  });

  it('a tab-separated row of empty fields is a record, elsewhere tabs are blank', () => {
    expect(texts({ format: 'csv', delimiter: '\t', joinContinuations: false }, 'a\n\t\t\nb')).toEqual([
      'a',
      '\t\t',
      'b',
    ]);
    expect(texts(csv, 'a\n\t\t\nb')).toEqual(['a', 'b']);
  });
});

describe('joining continuation lines', () => {
  it('joins Java stack traces to their head', () => {
    const trace = 'ERROR x\njava.io.IOException: y\n\tat a.b(C.java:1)\nCaused by: z\n... 3 more';

    expect(texts(joined, `INFO a\n${trace}\nINFO b\n`)).toEqual(['INFO a', trace, 'INFO b']);
  });

  it('joins Python tracebacks, the line that names the exception and chained ones included', () => {
    const first = 'ERROR failed\nTraceback (most recent call last):\n  File "a.py", line 1\nValueError: bad';
    const chained =
      '\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File "b.py"\nKeyError';

    expect(texts(joined, `${first}${chained}\nINFO next\n`)).toEqual([first + chained, 'INFO next']);
  });

  it('begins a new record at a plain head after a traceback that was cut short', () => {
    expect(texts(joined, 'Traceback (most recent call last):\n  File "a.py"\n2025-01-01 INFO next\n')).toEqual([
      'Traceback (most recent call last):\n  File "a.py"',
      '2025-01-01 INFO next',
    ]);
  });

  it('joins indented lines and closing brackets', () => {
    expect(texts(joined, 'config {\n  a: 1\n}\nnext\n')).toEqual(['config {\n  a: 1\n}', 'next']);
  });

  it('ends a record at the last line that fits the limit', () => {
    expect(texts(joined, 'head\n 1\n 2\n 3\n', 10)).toEqual(['head\n 1\n 2', ' 3']);
    expect(texts(joined, `head\n ${'x'.repeat(30)}\nnext\n`, 10)).toEqual([
      'head',
      `over-limit:  ${'x'.repeat(10)}`,
      'next',
    ]);
  });

  it('finds the same records in buffers of any size and in any run of whole records', () => {
    const lines = [
      'head',
      ' in',
      '\tat x',
      'Caused by: y',
      '',
      '  ',
      'Traceback (most recent call last):',
      'ValueError: x',
      '}',
      'a.b.FooException',
    ];
    const text = fc.array(fc.constantFrom(...lines), { maxLength: 30 }).map((parts) => parts.join('\n'));
    fc.assert(
      fc.property(text, fc.integer({ min: 5, max: 80 }), bufferSizes, fc.nat(), (body, limit, buffers, cut) => {
        const bytes = Buffer.from(body);
        const whole = scan(joined, bytes, { limit });

        expect(scan(joined, bytes, { limit, buffers })).toEqual(whole);

        const edge = whole[cut % Math.max(1, whole.length)];
        if (edge === undefined) return;
        const before = scan(joined, bytes.subarray(0, edge.start), { limit, buffers });
        const after = scan(joined, bytes.subarray(edge.start), { limit, offset: edge.start, line: edge.line });
        expect([...before, ...after]).toEqual(whole);
      }),
      { numRuns: 2000, seed: 4 },
    );
  });
});
