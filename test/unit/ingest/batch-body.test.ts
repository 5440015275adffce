import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidInput } from '../../../lib/domain/errors.ts';
import { LIMITS } from '../../../lib/domain/limits.ts';
import { readBatchBody } from '../../../lib/ingest/batch-body.ts';

async function read(body: string | Uint8Array) {
  const { ndjson, records } = await readBatchBody(Buffer.from(body));
  return { lines: Buffer.from(ndjson).toString().split('\n').filter(Boolean), records };
}
async function refusal(body: string | Uint8Array): Promise<InvalidInput> {
  try {
    await readBatchBody(Buffer.from(body));
  } catch (error) {
    if (error instanceof InvalidInput) return error;
    throw error;
  }
  throw new Error('accepted');
}

describe('reading a batch', () => {
  it.each([
    ['a JSON array', '["a", {"message":"b"}]'],
    ['log_entries', ' {"log_entries": ["a", {"message":"b"}]} '],
    ['NDJSON', '"a"\n\n{"message":"b"}'],
    ['NDJSON with a byte order mark and CRLF', '\uFEFF"a"\r\n{"message":"b"}\r\n'],
  ])('takes %s', async (_, body) => {
    const { lines, records } = await read(body);

    expect(lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line))).toEqual(['a', { message: 'b' }]);
    expect(records).toBe(2);
  });

  it('takes a single object for one record, and inflates gzip', async () => {
    expect(await read(gzipSync('{"message":"x"}'))).toEqual({ lines: ['{"message":"x"}'], records: 1 });
  });

  it('NUL bytes, broken UTF-8 and lone surrogates are text', async () => {
    expect((await read('["\\ud800", "\\u0000"]')).lines).toEqual(['"\\ud800"', '"\\u0000"']);
    expect((await read(Buffer.from('5b22ff225d', 'hex'))).lines).toEqual(['"\uFFFD"']);
  });

  // They were parsed and written anew: ids of 64 bits lost digits, keys changed places.
  it.each([
    ['an array', (record: string) => `[${record}, "x"]`],
    ['log_entries', (record: string) => `{"labels": ["A", "B"], "log_entries": ["x" ,${record}\n]}`],
    ['a lone record', (record: string) => ` ${record}\n`],
  ])('keeps the text that a record of %s was sent with', async (_, bodyOf) => {
    const record = '{"b":12345678901234567890, "10":1.10,"9":1e400 ,"message":"\\u0061]},\\"\\\\","a":[{}]}';

    expect((await read(bodyOf(record))).lines).toContain(record);
  });

  it('makes one line of a record that was sent in several', async () => {
    const record = '{\r\n  "message": "one\\ntwo",\n\t"n": [\n1\n]\n}';
    const line = '{    "message": "one\\ntwo", \t"n": [ 1 ] }';

    for (const body of [record, `[\n${record}\n]`]) expect(await read(body)).toEqual({ lines: [line], records: 1 });
  });

  it('takes log_entries for the records where the object itself has them, the last', async () => {
    const body = '{"a":{"log_entries":["no"]},"log_entries":["no"],"log\\u005fentries" : ["yes"],"b":1}';

    const { ndjson, beside } = await readBatchBody(Buffer.from(body));

    expect(ndjson.toString()).toBe('"yes"\n');
    expect(beside).toEqual({ a: { log_entries: ['no'] }, b: 1 });
    expect((await read('{"message":"x","a":{"log_entries":["no"]}}')).records).toBe(1);
  });

  it('takes the records of any array, however it is written', async () => {
    const record = fc.oneof(fc.string({ unit: 'binary' }), fc.dictionary(fc.string(), fc.jsonValue()));

    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { minLength: 1 }),
        fc.constantFrom('', '\t', '   '),
        async (records, indent) => {
          for (const whole of [records, { log_entries: records }]) {
            const { lines } = await read(JSON.stringify(whole, null, indent));

            expect(lines.map((line): unknown => JSON.parse(line))).toEqual(JSON.parse(JSON.stringify(records)));
          }
        },
      ),
    );
  });

  it('leaves a record over its limit to become a rejected row', async () => {
    const over = `{"message":"${'x'.repeat(LIMITS.recordBytes)}"}`;

    expect(await read(`["a",${over}]`)).toEqual({ lines: ['"a"', over], records: 2 });
  });

  it('does not take many lines for one record where the first and last lack a quote', async () => {
    const good = Array.from({ length: 20_000 }, (_, line) => `{"log_message":"request number ${line} has ended well"}`);

    const broken = read(`{"log_message":"first}\n${good.join('\n')}\n{"log_message":"last}\n`);

    await expect(broken).rejects.toMatchObject({ code: 'invalid-json' });
  });

  it('leaves later NDJSON lines that are not JSON to become rejected rows', async () => {
    expect((await read('{"message":"x"}\n{broken\n')).records).toBe(2);
  });
});

describe('refusing a batch', () => {
  it.each([
    ['an empty body', '', 'empty-body'],
    ['a blank body', ' \n', 'empty-body'],
    ['wrong JSON', '["a", ', 'invalid-json'],
    ['plain text', 'hello\nworld', 'invalid-json'],
    ['a broken gzip', gzipSync('"a"').subarray(0, 12), 'gzip'],
    ['an empty array', '[]', 'invalid-body'],
    ['a lone number', '17', 'invalid-body'],
    ['a first line that is no record', 'null\n"a"\n', 'invalid-body'],
    ['entries that are no array', '{"log_entries": {}}', 'invalid-body'],
    ['an array closed as an object', '["a"}', 'invalid-json'],
    ['an array with text behind it', '["a"] "b"', 'invalid-json'],
    ['an array with a comma too many', '["a",]', 'invalid-json'],
    ['entries without a comma', '["a" "b"]', 'invalid-json'],
    ['entries with text behind them', '{"log_entries": ["a"] "b"}', 'invalid-json'],
    ['an object that breaks off behind its entries', '{"log_entries": ["a"], "labels"}', 'invalid-json'],
    ['an entry nested too deeply', `[{"message":${'['.repeat(100_000)}${']'.repeat(100_000)}}]`, 'invalid-body'],
  ])('%s', async (_, body, code) => {
    expect((await refusal(body)).code).toBe(code);
  });

  it('wrong types are named by their index path, twenty of them', async () => {
    const error = await refusal(`{"log_entries": ["a", 17, null, ["b"]]}`);

    expect(error.issues.map(({ path }) => path)).toEqual(['log_entries.1', 'log_entries.2', 'log_entries.3']);
    expect((await refusal('["a", 17]')).issues.map(({ path }) => path)).toEqual(['1']);
    expect((await refusal(`[${'1,'.repeat(99)}1]`)).issues).toHaveLength(20);
  });

  it('what inflates or is beyond the limit', async () => {
    const over = Buffer.alloc(LIMITS.batchInflatedBytes + 1, 'x');

    expect(await refusal(over)).toMatchObject({ code: 'too-large', status: 413 });
    expect(await refusal(gzipSync(over))).toMatchObject({ code: 'too-large', status: 413 });
  });

  // A few KB of gzip: each entry was a buffer of its own, and the process ran out of memory.
  it('more records than an array may hold', async () => {
    const array = (records: number) => `[${'"",'.repeat(records - 1)}""]`;

    expect((await read(array(LIMITS.batchRecords))).records).toBe(LIMITS.batchRecords);
    for (const body of [array(LIMITS.batchRecords + 1), `{"log_entries":${array(LIMITS.batchRecords + 1)}}`])
      expect(await refusal(gzipSync(body))).toMatchObject({ code: 'too-large', status: 413 });
  });

  it('more beside the records than a request without any may hold', async () => {
    const beside = (bytes: number) => `{"log_entries":["a"],"note":"${'x'.repeat(bytes)}"}`;

    expect((await read(beside(1_000))).records).toBe(1);
    expect(await refusal(beside(LIMITS.requestBytes))).toMatchObject({ code: 'too-large', status: 413 });
  });

  it('whatever begins as an array and is not JSON', async () => {
    const text = fc.array(fc.constantFrom('[', ']', '{', '}', ',', ':', '"', '\\', ' ', '1', '"a"', '{"b":[]}'));

    await fc.assert(
      fc.asyncProperty(text, async (parts) => {
        const body = `[${parts.join('')}]`;
        const isTaken = await readBatchBody(Buffer.from(body)).then(
          () => true,
          () => false,
        );

        if (isTaken) expect(() => JSON.parse(body)).not.toThrow();
      }),
      { numRuns: 2_000 },
    );
  });

  it('never echoes the body', async () => {
    expect((await refusal('["secret" x')).message).not.toContain('secret');
  });
});
