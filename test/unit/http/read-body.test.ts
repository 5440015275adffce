import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { parseJson, parseQuery, readBytes } from '../../../lib/http/read-body.ts';
import { anApiRequest } from '../../factories/api.ts';

const LIMITS = { wireBytes: 100, inflatedBytes: 1_000, instead: 'Send a file.' };

describe('readBytes', () => {
  it('passes a plain body on', async () => {
    const bytes = await readBytes(anApiRequest({ body: 'hello' }), LIMITS);

    expect(Buffer.from(bytes).toString()).toBe('hello');
  });

  it.each([{ 'content-encoding': 'gzip' }, { 'content-encoding': ' GZIP ' }, {}])(
    'inflates gzip, announced or not (%o)',
    async (headers) => {
      const bytes = await readBytes(anApiRequest({ body: gzipSync('hello'), headers }), LIMITS);

      expect(Buffer.from(bytes).toString()).toBe('hello');
    },
  );

  it('refuses a body over the limit with 413 and says what to do instead', async () => {
    await expect(readBytes(anApiRequest({ body: 'x'.repeat(101) }), LIMITS)).rejects.toMatchObject({
      status: 413,
      code: 'too-large',
      message: expect.stringContaining('Send a file.'),
    });
  });

  it('refuses a small gzip that inflates beyond the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(20_000));

    await expect(readBytes(anApiRequest({ body: bomb }), LIMITS)).rejects.toMatchObject({ status: 413 });
  });

  it('refuses a broken gzip and another encoding', async () => {
    const broken = anApiRequest({ body: 'not gzip', headers: { 'content-encoding': 'gzip' } });
    const brotli = anApiRequest({ body: 'x', headers: { 'content-encoding': 'br' } });

    await expect(readBytes(broken, LIMITS)).rejects.toMatchObject({ status: 400, code: 'gzip' });
    await expect(readBytes(brotli, LIMITS)).rejects.toMatchObject({ status: 415 });
  });
});

describe('parseJson', () => {
  const schema = z.object({ items: z.array(z.string()) });
  const parse = (text: string) => parseJson(Buffer.from(text), schema);

  it('returns what the schema says', () => {
    expect(parse('{"items":["a"]}')).toEqual({ items: ['a'] });
  });

  it('names the path of every issue', () => {
    expect(() => parse('{"items":["a",2,3]}')).toThrow(
      expect.objectContaining({
        code: 'invalid-body',
        issues: [expect.objectContaining({ path: 'items.1' }), expect.objectContaining({ path: 'items.2' })],
      }),
    );
  });

  it('says where JSON breaks without repeating the input', () => {
    expect(() => parse('{"items": ["secret-word" oops]}')).toThrow(/not JSON: at position \d+/);
    expect(() => parse('{"items": ["secret-word" oops]}')).not.toThrow(/secret/);
  });

  it('tells an empty body from a wrong one', () => {
    expect(() => parse(' \n')).toThrow(expect.objectContaining({ code: 'empty-body' }));
    expect(() => parse('{')).toThrow(expect.objectContaining({ code: 'invalid-json' }));
  });
});

describe('parseQuery', () => {
  it('names the parameter at fault', () => {
    const schema = z.object({ limit: z.coerce.number().max(100) });

    expect(() => parseQuery({ limit: '1000' }, schema)).toThrow(
      expect.objectContaining({ code: 'invalid-query', issues: [expect.objectContaining({ path: 'limit' })] }),
    );
  });
});
