import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gateway, startGateway } from '../../../infra/local/gateway.ts';
import type { Outcome } from '../../../infra/local/runtime-api.ts';
import { aPool } from '../../factories/a-pool.ts';

const denied: Outcome = {
  ok: true,
  body: JSON.stringify({
    principalId: 'unknown',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: 'Deny', Resource: '*' }],
    },
  }),
};
const busy: Outcome = { ok: false, error: 'throttled', body: '{}' };
const origins = ['https://logs.example.org', 'https://ops.example.org'];

describe('a refusal of the gateway’s own, read by a page of another origin', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway({
      port: 0,
      now: Date.now,
      corsOrigins: origins,
      routes: [
        { method: 'GET', path: '/health', handledBy: 'api' },
        { method: 'POST', path: '/v1/classify', handledBy: 'api', scope: 'ingest' },
      ],
      pool: (name) => aPool(name, () => (name === 'authorize' ? denied : busy)),
    });
  });
  afterAll(() => gateway.close());

  const cases: readonly (readonly [number, string, RequestInit])[] = [
    [401, '/v1/classify', { method: 'POST' }],
    [403, '/v1/classify', { method: 'POST', headers: { 'x-api-key': 'wrong' } }],
    [413, '/health', { method: 'POST', body: new Uint8Array(11 * 1024 * 1024) }],
    [429, '/health', {}],
  ];
  const ask = async (path: string, init: RequestInit, origin: string) => {
    const response = await fetch(`${gateway.url}${path}`, { ...init, headers: { ...init.headers, origin } });
    await response.arrayBuffer();
    return response;
  };

  it.each(cases)('may be read where it is a %i and the page’s origin is configured', async (status, path, init) => {
    for (const origin of origins) {
      const response = await ask(path, init, origin);

      expect(response.status).toBe(status);
      expect(response.headers.get('access-control-allow-origin')).toBe(origin);
      expect(response.headers.get('vary')).toBe('origin');
    }
  });

  it.each(cases)('may not where it is a %i and the origin is another', async (status, path, init) => {
    const response = await ask(path, init, 'https://evil.example');

    expect(response.status).toBe(status);
    expect(response.headers.has('access-control-allow-origin')).toBe(false);
  });

  it('says when to come again where it was one too many', async () => {
    const response = await ask('/health', {}, 'https://ops.example.org');

    expect(response.headers.get('retry-after')).toBe('1');
    expect(response.headers.get('access-control-expose-headers')).toContain('retry-after');
  });
});
