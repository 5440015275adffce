import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handler as api } from '../../functions/api/api.ts';
import { handler as classify } from '../../functions/classify/http.ts';
import { withApi } from '../../functions/with-api.ts';
import { type RouteTopology, routes } from '../../infra/topology.ts';
import { jsonReply } from '../../lib/http/api-request.ts';
import { aContext, anApiEvent } from '../factories/api.ts';
import { aJob, aJobId } from '../factories/jobs.ts';
import { bodyOf, type Service, startService } from './a-service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
  await service.jobs.create(aJob({ tenant: 'globex', state: 'completed-with-failures' }));
});
afterAll(() => service.close());

type Asked = Partial<Parameters<typeof anApiEvent>[0]>;
/** Asks a route as the gateway would, an id in the path filled in; a body that no route takes. */
const ask = ({ method, path, handledBy }: RouteTopology, fields: Asked = {}) => {
  const handler = handledBy === 'api' ? api : classify;
  const event = anApiEvent({ method, path: path.replace('{id}', aJobId), ...fields });
  return handler(event, aContext());
};
const name = ({ method, path }: RouteTopology) => `${method} ${path}`;
const closed = routes.filter(({ scope }) => scope !== undefined).map((route) => [name(route), route] as const);
const ofJobs = routes.filter(({ path }) => path.includes('{id}')).map((route) => [name(route), route] as const);

describe('GET /health', () => {
  it('answers anyone, with the headers that every answer has', async () => {
    const reply = await api(anApiEvent({ path: '/health' }), aContext());

    expect(reply.statusCode).toBe(200);
    expect(bodyOf(reply)).toEqual({ status: 'ok' });
    expect(reply.headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  });
});

describe('a route with a scope', () => {
  it.each(closed)('%s is closed without the authorizer’s context', async (_name, route) => {
    const reply = await ask(route);

    expect(reply.headers).toMatchObject({ 'content-type': 'application/problem+json' });
    expect(bodyOf(reply)).toMatchObject({ status: 401, type: 'urn:logsieve:problem:no-key', title: 'No API key' });
  });

  it.each(closed)('%s is closed to a key of every other scope', async (_name, route) => {
    const others = ['ingest', 'read'].filter((scope) => scope !== route.scope).join(' ');

    const reply = await ask(route, { scopes: others });

    expect(bodyOf(reply)).toMatchObject({ status: 403, type: 'urn:logsieve:problem:scope', title: 'Not allowed' });
    expect(bodyOf(reply).detail).toContain(`"${route.scope}"`);
  });

  it.each(closed)('%s is open to its scope and to admin, with a trailing slash and without', async (_name, route) => {
    const path = route.path.replace('{id}', aJobId);

    const replies = await Promise.all([
      ask(route, { scopes: route.scope }),
      ask(route, { scopes: 'admin' }),
      ask(route, { scopes: route.scope, path: `${path}/` }),
    ]);

    const statuses = replies.map(({ statusCode }) => statusCode);
    expect(new Set(statuses).size).toBe(1);
    expect([200, 400, 404]).toContain(statuses[0]);
  });

  it.each(['', 'ACME', 'a', 'acme#1', 'x'.repeat(40)])(
    'is closed to a context with the tenant "%s"',
    async (tenant) => {
      const reply = await api(anApiEvent({ path: '/v1/jobs', scopes: 'read', tenant }), aContext());

      expect(reply.statusCode).toBe(401);
    },
  );
});

describe('a route of a job', () => {
  it.each(ofJobs)('%s says the same 404 of a job that is not there and of another tenant’s', async (_name, route) => {
    const scopes = 'ingest read admin';
    const unknown = route.path.replace('{id}', 'z'.repeat(26));
    const senseless = route.path.replace('{id}', 'no-id');

    const replies = await Promise.all([
      ask(route, { scopes }),
      ask(route, { scopes, path: unknown }),
      ask(route, { scopes, path: senseless }),
    ]);

    const [others, missing, wrong] = replies.map(bodyOf);
    expect(others).toMatchObject({ status: 404, type: 'urn:logsieve:problem:job-missing', title: 'Not found' });
    expect(missing).toEqual(others);
    expect(wrong.status).toBe(404);
    expect(JSON.stringify(others)).not.toContain(aJobId);
  });

  it('is there for its own tenant', async () => {
    const reply = await api(anApiEvent({ path: `/v1/jobs/${aJobId}`, scopes: 'read', tenant: 'globex' }), aContext());

    expect(reply.statusCode).toBe(200);
    expect(bodyOf(reply)).toMatchObject({ jobId: aJobId, state: 'completed-with-failures' });
    expect(reply.body).not.toContain('tenant');
  });
});

describe('a path that is no route', () => {
  it.each([
    ['GET', '/'],
    ['GET', '/v1'],
    ['GET', '/v2/jobs'],
    ['POST', '/v1/jobs'],
    ['GET', `/v1/jobs/${aJobId}/nothing`],
    ['GET', `/v1/jobs/${aJobId}%2fresults`],
    ['DELETE', `/v1/jobs/${aJobId}`],
    ['GET', '/__proto__'],
    ['GET', `/${'x'.repeat(5_000)}`],
  ])('%s %s is told as a problem', async (method, path) => {
    const reply = await api(anApiEvent({ method, path, scopes: 'ingest read admin' }), aContext());

    expect(reply.headers).toMatchObject({ 'content-type': 'application/problem+json', 'x-request-id': 'request-1' });
    expect(bodyOf(reply)).toMatchObject({ status: 404, requestId: 'request-1' });
    expect(reply.body.length).toBeLessThan(500);
  });
});

describe('withApi', () => {
  const options = { log: () => undefined, clock: { now: () => new Date(0) } };

  it('does not start with a handler for no route, nor with a route without a handler', () => {
    const handle = () => jsonReply(200, {});

    expect(() => withApi('classify-http', { 'GET /nowhere': handle }, options)).toThrow(/no route .*GET \/nowhere/);
    expect(() => withApi('classify-http', { 'POST /classify': handle }, options)).toThrow(
      /no handler .*\/v1\/classify/,
    );
  });
});
