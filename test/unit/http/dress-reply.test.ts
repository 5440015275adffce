import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { jsonReply } from '../../../lib/http/api-request.ts';
import { dressReply } from '../../../lib/http/dress-reply.ts';
import { anApiEvent } from '../../factories/api.ts';

const dress = (
  reply: Parameters<typeof dressReply>[0],
  headers: Record<string, string> = {},
  { method = 'GET', origins = [] }: { method?: string; origins?: readonly string[] } = {},
) => dressReply(reply, anApiEvent({ method, headers }), { origins });
const long = { text: 'a line that repeats itself. '.repeat(200) };

describe('a read', () => {
  it('has a tag of its content, and is not sent again to who has it', async () => {
    const first = await dress(jsonReply(200, { a: 1 }));
    const etag = String(first.headers?.etag);

    const again = await dress(jsonReply(200, { a: 1 }), { 'If-None-Match': `"other", ${etag}` });
    const changed = await dress(jsonReply(200, { a: 2 }), { 'if-none-match': etag });

    expect(etag).toMatch(/^W\/"[\w-]{22}"$/);
    expect(first.headers).toMatchObject({ 'cache-control': 'private, no-cache' });
    expect(again).toEqual({ statusCode: 304, headers: { etag, 'cache-control': 'private, no-cache' }, body: '' });
    expect(changed.statusCode).toBe(200);
  });

  it('keeps a tag and a cache rule of its own', async () => {
    const own = { etag: '"v7"', 'cache-control': 'public, max-age=60' };

    const reply = await dress(jsonReply(200, {}, own));
    const again = await dress(jsonReply(200, {}, own), { 'if-none-match': 'W/"v7"' });
    const any = await dress(jsonReply(200, {}, own), { 'if-none-match': '*' });

    expect(reply.headers).toMatchObject(own);
    expect([again.statusCode, any.statusCode]).toEqual([304, 304]);
  });

  it.each([
    [404, 'GET'],
    [200, 'POST'],
  ])('that is a %s of %s has none', async (status, method) => {
    const reply = await dress(jsonReply(status, {}), { 'if-none-match': '*' }, { method });

    expect(reply.statusCode).toBe(status);
    expect(reply.headers).not.toHaveProperty('etag');
  });
});

describe('a long answer', () => {
  it.each(['gzip', 'br, gzip;q=0.5', '*', 'X-GZIP'])('is packed for who takes %s', async (accepted) => {
    const reply = await dress(jsonReply(200, long), { 'Accept-Encoding': accepted });

    expect(reply).toMatchObject({
      isBase64Encoded: true,
      headers: { 'content-encoding': 'gzip', vary: 'accept-encoding' },
    });
    expect(JSON.parse(gunzipSync(Buffer.from(reply.body, 'base64')).toString())).toEqual(long);
  });

  it.each(['', 'br', 'gzip;q=0', '*;q=0.0', 'gzip;q=0, *'])('is not for who takes %j', async (accepted) => {
    const reply = await dress(jsonReply(200, long), { 'accept-encoding': accepted });

    expect(reply.isBase64Encoded).toBeUndefined();
    expect(reply.headers).toMatchObject({ vary: 'accept-encoding' });
  });

  it('is left alone where it is short, packed or no text', async () => {
    const headers = { 'accept-encoding': 'gzip' };
    const image = { statusCode: 200, headers: { 'content-type': 'image/png' }, body: 'x'.repeat(5_000) };

    expect((await dress(jsonReply(200, { a: 1 }), headers)).isBase64Encoded).toBeUndefined();
    expect((await dress({ ...image, isBase64Encoded: true }, headers)).body).toBe(image.body);
    expect((await dress(image, headers)).headers).not.toHaveProperty('content-encoding');
  });
});

describe('a page of another origin', () => {
  const origins = ['https://logs.example.org'];
  const from = (origin: string) => ({ Origin: origin });

  it('is told nothing by default', async () => {
    const reply = await dress(jsonReply(200, {}), from('https://logs.example.org'));

    expect(JSON.stringify(reply.headers)).not.toMatch(/access-control|vary/);
  });

  it('may read what it asked for where its origin is configured', async () => {
    const reply = await dress(jsonReply(200, {}), from('https://logs.example.org'), { origins });

    expect(reply.headers).toMatchObject({ 'access-control-allow-origin': 'https://logs.example.org', vary: 'origin' });
    expect(reply.headers).not.toHaveProperty('access-control-allow-credentials');
  });

  it.each(['https://evil.example', 'https://logs.example.org.evil.example', 'null', 'HTTPS://logs.example.org'])(
    'may not where it is %s',
    async (origin) => {
      const reply = await dress(jsonReply(200, {}), from(origin), { origins });

      expect(reply.headers).not.toHaveProperty('access-control-allow-origin');
      expect(reply.headers).toMatchObject({ vary: 'origin' });
    },
  );

  it('asks first, without a key, and is told methods and headers where it may go on', async () => {
    const allow = 'POST, OPTIONS';
    const ask = (origin: string, allowed: readonly string[]) =>
      dress({ statusCode: 204, headers: { allow }, body: '' }, from(origin), { method: 'OPTIONS', origins: allowed });

    expect((await ask('https://logs.example.org', origins)).headers).toMatchObject({
      'access-control-allow-methods': allow,
      'access-control-allow-headers': expect.stringContaining('x-api-key'),
    });
    expect((await ask('https://evil.example', origins)).headers).toEqual({ allow, vary: 'origin' });
    expect((await ask('https://anywhere.example', ['*'])).headers).toHaveProperty('access-control-allow-methods');
  });
});
