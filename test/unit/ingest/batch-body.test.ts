import { gzipSync } from 'node:zlib';
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

  it('never echoes the body', async () => {
    expect((await refusal('["secret" x')).message).not.toContain('secret');
  });
});
