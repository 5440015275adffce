import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handler as api } from '../../functions/api/api.ts';
import { handler as classify } from '../../functions/classify/http.ts';
import { answer, withApi } from '../../functions/with-api.ts';
import { type RouteTopology, routes } from '../../infra/topology.ts';
import { jsonReply } from '../../lib/http/api-request.ts';
import { classifyReplaced } from '../../lib/http/routes/classify.ts';
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
  const event = anApiEvent({ method, path: path.replace(/\{\w+\}/, aJobId), ...fields });
  return handler(event, aContext());
};
const name = ({ method, path }: RouteTopology) => `${method} ${path}`;
const closed = routes.filter(({ scope }) => scope !== undefined).map((route) => [name(route), route] as const);
const ofJobs = routes.filter(({ path }) => path.includes('{id}')).map((route) => [name(route), route] as const);

const policies = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

describe('GET /health', () => {
  it('answers anyone, with the headers that every answer has', async () => {
    const reply = await api(anApiEvent({ path: '/health' }), aContext());

    expect(reply.statusCode).toBe(200);
    expect(bodyOf(reply)).toEqual({ status: 'ok' });
    expect(reply.headers).toMatchObject(policies);
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
    const path = route.path.replace(/\{\w+\}/, aJobId);

    const replies = await Promise.all([
      ask(route, { scopes: route.scope }),
      ask(route, { scopes: 'admin' }),
      ask(route, { scopes: route.scope, path: `${path}/` }),
    ]);

    const statuses = replies.map(({ statusCode }) => statusCode);
    expect(new Set(statuses).size).toBe(1);
    expect([200, 400, 404, 415, 422]).toContain(statuses[0]);
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
  const call = (method: string, path: string) => api(anApiEvent({ method, path }), aContext());

  it.each([
    ['GET', '/v1'],
    ['GET', `/v1/jobs/${aJobId}/nothing`],
    ['GET', '/__proto__'],
    ['GET', '/<script>alert(1)</script>'],
    ['GET', `/${'x'.repeat(5_000)}`],
  ])('%s %s is told as a problem, to anyone', async (method, path) => {
    const reply = await call(method, path);

    expect(reply.headers).toMatchObject({ 'content-type': 'application/problem+json', 'x-request-id': 'request-1' });
    expect(bodyOf(reply)).toMatchObject({ status: 404, type: 'urn:logsieve:problem:no-such-route' });
    expect(reply.body.length).toBeLessThan(500);
    expect(service.logged.at(-1)).toContain('"route":"unmatched"');
  });

  it.each(['/v2/jobs', '/v0', '/api/v2/analyze', '/v10/classify'])(
    '%s is told of the version there is',
    async (path) => {
      const reply = await call('GET', path);

      expect(bodyOf(reply)).toMatchObject({ status: 404, type: 'urn:logsieve:problem:unknown-version' });
      expect(bodyOf(reply).detail).toContain('/v1');
    },
  );

  it.each([
    ['POST', `/v1/jobs/${aJobId}`, 'GET, OPTIONS'],
    ['DELETE', '/v1/classify/', 'POST, OPTIONS'],
  ])('%s %s is told which methods there are', async (method, path, allow) => {
    const reply = await call(method, path);

    expect(bodyOf(reply)).toMatchObject({ status: 405, type: 'urn:logsieve:problem:method-not-allowed' });
    expect(reply.headers).toMatchObject({ allow });
  });

  it('answers OPTIONS of any route without a key', async () => {
    const reply = await call('OPTIONS', '/v1/labels');

    expect(reply.statusCode).toBe(204);
    expect(reply.headers).toMatchObject({ allow: 'GET, PUT, OPTIONS', 'cache-control': 'no-store' });
  });
});

describe('what comes by the catch-all of the deployed gateway', () => {
  const caught = (method: string, path: string, multiValueQueryStringParameters: Record<string, string[]> = {}) =>
    api(
      {
        ...anApiEvent({ method, path }),
        resource: '/{proxy+}',
        pathParameters: { proxy: path.slice(1) },
        multiValueQueryStringParameters,
      },
      aContext(),
    );

  it.each([
    ['GET', '/v1/jobs/', '../jobs'],
    ['POST', '/v1/classify/', '../classify'],
    ['GET', `/v1/jobs/${aJobId}/`, `../${aJobId}`],
  ])('%s %s is sent to the path without its slash, where its key is looked at', async (method, path, location) => {
    const reply = await caught(method, path);

    expect(reply).toMatchObject({ statusCode: 308, headers: { location } });
  });

  // Without it a batch was taken in other labels than it was sent with.
  it('takes its query along, encoded as an address is', async () => {
    const query = { labels: ['A & B,C+D'], 'k=1': ['ä', ''] };

    const { headers } = await caught('POST', '/v1/batches/', query);

    expect(headers).toMatchObject({ location: '../batches?labels=A%20%26%20B%2CC%2BD&k%3D1=%C3%A4&k%3D1=' });
    const { searchParams } = new URL(String(headers?.location), 'https://api.example/v1/batches/');
    expect([...searchParams]).toEqual(Object.entries(query).flatMap(([name, all]) => all.map((one) => [name, one])));
  });

  it('is a 404 where there is no such path with or without a slash', async () => {
    expect((await caught('GET', '/nowhere/')).statusCode).toBe(404);
    expect((await caught('GET', '//evil.example/')).statusCode).toBe(404);
  });
});

describe('a request under a base path of the owner’s', () => {
  it('is routed by its resource', async () => {
    const event = anApiEvent({ path: `/logs/v1/jobs/${aJobId}`, scopes: 'read', tenant: 'globex' });

    const reply = await api({ ...event, resource: '/v1/jobs/{id}', pathParameters: { id: aJobId } }, aContext());

    expect(reply.statusCode).toBe(200);
    expect(service.logged.at(-1)).toContain('"route":"GET /v1/jobs/{id}"');
  });
});

describe('withApi', () => {
  const options = { log: () => undefined, clock: { now: () => new Date(0) } };

  it('does not start with a handler for no route, nor with a route without a handler', () => {
    const answers = [answer(classifyReplaced, () => jsonReply(200, {}))];

    expect(() => withApi('api', answers, options)).toThrow(/no route .*POST \/classify/);
    expect(() => withApi('classify-http', answers, options)).toThrow(/no handler .*\/v1\/classify/);
  });
});
