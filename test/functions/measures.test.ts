import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { handler as api } from '../../functions/api/api.ts';
import { handler as classify } from '../../functions/classify/http.ts';
import { clock } from '../../functions/ports.ts';
import { aContext, anApiEvent } from '../factories/api.ts';
import { bodyOf, type Service, startService } from './a-service.ts';
import { clockAsUsual, clockAt } from './clock-at.ts';

let service: Service;
beforeAll(async () => {
  service = await startService({
    QUOTAS: JSON.stringify({
      tenants: { small: { linesPerDay: 3 }, mistaken: { linesPerDay: 2 }, slow: { requestsPerMinute: 2 } },
    }),
    CORS_ORIGINS: 'https://logs.example.org',
  });
});
afterAll(() => service.close());
afterEach(() => {
  if (vi.isMockFunction(clock.now)) clockAsUsual();
});

const get = (path: string, fields: Partial<Parameters<typeof anApiEvent>[0]> = {}) =>
  api(anApiEvent({ path, scopes: 'read', ...fields }), aContext());
const lines = (count: number) => Array.from({ length: count }, () => 'Deployment finished');
const send = (tenant: string, count: number, headers: Record<string, string> = {}) =>
  classify(
    anApiEvent({
      method: 'POST',
      path: '/v1/classify',
      scopes: 'ingest',
      tenant,
      headers,
      body: JSON.stringify({ log_entries: lines(count) }),
    }),
    aContext(),
  );
/** At the next minute what was counted is written. */
const nextMinute = () => clockAt(Date.now() + 61_000);

describe('quotas', () => {
  it('let through so many lines a day, and say when to come again', async () => {
    const first = await send('small', 2);
    const over = await send('small', 2);
    const fits = await send('small', 1);

    expect([first.statusCode, over.statusCode, fits.statusCode]).toEqual([200, 429, 200]);
    expect(bodyOf(over)).toMatchObject({ type: 'urn:logsieve:problem:line-quota', title: 'Too many requests' });
    expect(over.headers).toMatchObject({
      'retry-after': expect.stringMatching(/^\d+$/),
      'ratelimit-policy': '"lines";q=3;w=86400',
      ratelimit: expect.stringMatching(/^"lines";r=1;t=\d+$/),
    });
  });

  it('count a request that is sent again once', async () => {
    const headers = { 'idempotency-key': 'again' };

    const replies = [await send('fresh', 1, headers), await send('fresh', 1, headers)];
    nextMinute();
    await send('fresh', 1);

    expect(replies.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    const { days } = bodyOf(await get('/v1/usage', { tenant: 'fresh' }));
    expect(days[0]).toMatchObject({ requests: 3, lines: 2 });
  });

  it('count nothing of what is refused, and leave its Idempotency-Key free', async () => {
    const post = (path: string, body: unknown, fields: Partial<Parameters<typeof anApiEvent>[0]> = {}) => {
      const sent = { method: 'POST', path, scopes: 'ingest', tenant: 'mistaken', body: JSON.stringify(body) };
      return (path === '/v1/batches' ? api : classify)(anApiEvent({ ...sent, ...fields }), aContext());
    };
    const keyed = { headers: { 'idempotency-key': 'a-batch' } };
    const template = { hypothesis_template: 'about {}' };
    const over = await post('/v1/batches', ['a', 'b', 'c'], keyed);
    const first = await post('/v1/batches', ['a'], keyed);

    const refused = [
      await post('/v1/batches', ['b'], keyed),
      await post('/v1/batches', ['b'], { query: template }),
      await post('/v1/classify', { log_entries: ['a'], ...template }),
      await post('/api/v1/analyze', { log_message: 'a', question: 'failure', labels: ['a', 'b'] }),
      await post('/api/v1/analyze', { log_message: 'a', question: 'unheard of' }),
      await post('/api/v1/analyze', { log_message: 'a', ...template }),
    ];
    const fits = await send('mistaken', 1);
    const noMore = await send('mistaken', 1);

    expect([over, first].map(({ statusCode }) => statusCode)).toEqual([429, 202]);
    expect(refused.map(({ statusCode }) => statusCode)).toEqual([422, 400, 400, 422, 422, 422]);
    expect([fits, noMore].map(({ statusCode }) => statusCode)).toEqual([200, 429]);
  });

  it('let through so many requests a minute, and tell of it in every answer', async () => {
    clockAt(Date.parse('2026-11-21T10:00:10.000Z'));

    const replies = [];
    for (let request = 0; request < 3; request += 1) replies.push(await get('/v1/jobs', { tenant: 'slow' }));

    expect(replies.map(({ statusCode }) => statusCode)).toEqual([200, 200, 429]);
    expect(replies[0]?.headers).toMatchObject({
      'ratelimit-policy': '"requests";q=2;w=60',
      ratelimit: '"requests";r=1;t=50',
    });
    expect(replies[2]?.headers).toMatchObject({ 'retry-after': '50' });
  });
});

describe('GET /metrics', () => {
  it('tells what all functions counted, as text for Prometheus', async () => {
    await send('metrics', 5);
    nextMinute();
    await send('metrics', 1);
    await get('/v1/jobs');

    const reply = await get('/metrics');

    expect(reply.headers).toMatchObject({ 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
    expect(reply.body).toMatch(/logsieve_requests_total\{route="POST \/v1\/classify",status="200"\} \d+\n/);
    expect(reply.body).toMatch(/logsieve_lines_total\{door="classify"\} \d+\n/);
    expect(reply.body).toContain('logsieve_queue_messages{queue="uploads-dead"} 0\n');
    expect(reply.body).not.toMatch(/acme|="small|tenant|key-1/);
  });

  it('is JSON where that is preferred', async () => {
    const reply = await get('/metrics', { headers: { Accept: 'application/json, text/plain;q=0.5' } });

    const names = bodyOf(reply).metrics.map(({ name }: { name: string }) => name);
    expect(names).toContain('logsieve_request_duration_seconds');
    expect((await get('/metrics', { headers: { accept: 'text/plain, */*;q=0.1' } })).body).toMatch(/^# HELP/);
  });
});

describe('GET /v1/usage', () => {
  it('tells a tenant of its own use, by day and key, and its quota', async () => {
    await send('small', 1);
    nextMinute();
    await send('small', 1);

    const usage = bodyOf(await get('/v1/usage', { tenant: 'small' }));

    expect(usage.days).toHaveLength(1);
    expect(usage.days[0].byKey).toEqual([expect.objectContaining({ keyId: 'key-1', lines: 3 })]);
    expect(usage.quota).toMatchObject({ linesPerDay: 3, linesTakenToday: 3 });
  });

  it.each([
    [{ from: '2026-03-02', to: '2026-03-01' }, 400],
    [{ from: '2025-01-01', to: '2026-03-01' }, 400],
    [{ from: 'yesterday' }, 400],
    [{ from: '2026-02-30' }, 400],
    [{ from: '2026-03-01', to: '2026-03-01' }, 200],
  ])('answers the days %j by %i', async (query, status) => {
    expect((await get('/v1/usage', { query })).statusCode).toBe(status);
  });
});

describe('GET /v1/models', () => {
  it('tells which models judge', async () => {
    const reply = await classify(anApiEvent({ path: '/v1/models', scopes: 'read' }), aContext());

    expect(reply.statusCode).toBe(200);
    expect(bodyOf(reply).models).toContainEqual(
      expect.objectContaining({ id: 'logsieve-starter', task: 'embedding', state: 'in-use' }),
    );
    expect(bodyOf(reply).models.at(-1)).toMatchObject({ task: 'language-model', state: 'off' });
    expect(bodyOf(reply).cascade.version).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe('every answer', () => {
  it('can be asked for again by its tag, and comes packed', async () => {
    const first = await get('/metrics', { headers: { 'Accept-Encoding': 'gzip' } });
    const jobs = await get('/v1/jobs');
    const again = await get('/v1/jobs', { headers: { 'If-None-Match': String(jobs.headers?.etag) } });

    expect(first).toMatchObject({ isBase64Encoded: true, headers: { 'content-encoding': 'gzip' } });
    expect(gunzipSync(Buffer.from(first.body, 'base64')).toString()).toMatch(/^# HELP/);
    expect(again).toMatchObject({ statusCode: 304, body: '' });
  });

  it('tells a browser of a configured origin that it may read it, and how to ask', async () => {
    const headers = { Origin: 'https://logs.example.org', 'Access-Control-Request-Method': 'POST' };

    const preflight = await api(anApiEvent({ method: 'OPTIONS', path: '/v1/classify', headers }), aContext());
    const refused = await api(anApiEvent({ path: '/v1/jobs', headers }), aContext());
    const foreign = await get('/health', { headers: { Origin: 'https://evil.example' } });

    expect(preflight).toMatchObject({
      statusCode: 204,
      headers: {
        'access-control-allow-origin': 'https://logs.example.org',
        'access-control-allow-methods': 'POST, OPTIONS',
      },
    });
    expect(refused).toMatchObject({ statusCode: 401, headers: { 'access-control-allow-origin': headers.Origin } });
    expect(foreign.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('carries what keeps it from being run, framed or guessed at', async () => {
    const { headers } = await get('/health');

    expect(headers).toMatchObject({
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
  });
});
