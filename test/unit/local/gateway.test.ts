import { get } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { FunctionPool } from '../../../infra/local/function-pool.ts';
import { type Gateway, startGateway } from '../../../infra/local/gateway.ts';
import type { Outcome } from '../../../infra/local/runtime-api.ts';
import { type RouteTopology, gateway as topology } from '../../../infra/topology.ts';
import { aPool } from '../../factories/a-pool.ts';

const routes: RouteTopology[] = [
  { method: 'GET', path: '/health', handledBy: 'api' },
  { method: 'POST', path: '/v1/classify', handledBy: 'api', scope: 'ingest' },
  { method: 'GET', path: '/v1/jobs', handledBy: 'api', scope: 'read' },
  { method: 'GET', path: '/v1/jobs/{id}', handledBy: 'api', scope: 'read' },
];

/** What the fakes look at of the events they are given. */
interface AnyEvent {
  readonly headers: Record<string, string>;
  readonly methodArn: string;
}

const bodySchema = z.record(z.string(), z.unknown());

const { throttle } = topology;

describe('the laptop gateway', () => {
  let gateway: Gateway;
  let nowMs = Date.now();
  let authorized: string[] = [];
  let answer: (event: AnyEvent) => Outcome;

  const ok = (body: unknown): Outcome => ({ ok: true, body: JSON.stringify(body) });
  const echo = (event: AnyEvent) => ok({ statusCode: 200, body: JSON.stringify(event) });
  function authorize(event: AnyEvent): Outcome {
    const key = event.headers['x-api-key'] ?? '';
    authorized.push(key);
    const Resource = `${event.methodArn.split('/').slice(0, 2).join('/')}/*`;
    const Statement = [{ Action: 'execute-api:Invoke', Effect: key === 'good' ? 'Allow' : 'Deny', Resource }];
    return ok({ principalId: 'p', policyDocument: { Version: '2012-10-17', Statement }, context: { tenant: 'acme' } });
  }

  beforeAll(async () => {
    const pools: Record<string, FunctionPool> = {
      authorize: aPool('authorize', authorize),
      api: aPool('api', (event: AnyEvent) => answer(event)),
    };
    gateway = await startGateway({
      port: 0,
      routes,
      now: () => nowMs,
      pool: (name) => pools[name] ?? aPool(name, echo),
    });
  });
  beforeEach(() => {
    authorized = [];
    answer = echo;
    nowMs += 3_600_000;
  });
  afterAll(async () => {
    await gateway.close();
  });

  const key = { 'x-api-key': 'good' };
  const call = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${gateway.url}${path}`, { headers: key, ...init });
    return { status: response.status, headers: response.headers, body: bodySchema.parse(await response.json()) };
  };

  it('gives the function an event as API Gateway does', async () => {
    const { body } = await call('/v1/jobs/abc%20d?limit=2&tag=a&tag=b');

    expect(body).toMatchObject({
      resource: '/v1/jobs/{id}',
      path: '/v1/jobs/abc%20d',
      httpMethod: 'GET',
      pathParameters: { id: 'abc d' },
      queryStringParameters: { limit: '2', tag: 'b' },
      multiValueQueryStringParameters: { limit: ['2'], tag: ['a', 'b'] },
      body: null,
      isBase64Encoded: false,
      requestContext: {
        stage: 'local',
        resourcePath: '/v1/jobs/{id}',
        authorizer: { tenant: 'acme', principalId: 'p' },
      },
    });
  });

  it('passes bodies on as base64, whatever they are', async () => {
    const bytes = Buffer.from([0, 255, 31, 139, 10]);

    const { body } = await call('/v1/classify/', { method: 'POST', body: bytes });

    expect(body).toMatchObject({ path: '/v1/classify', isBase64Encoded: true, body: bytes.toString('base64') });
  });

  it('answers with what the function says, binary too', async () => {
    const headers = { 'content-type': 'application/octet-stream', 'x-number': 7 };
    answer = () => ok({ statusCode: 201, headers, body: 'AP8=', isBase64Encoded: true });

    const response = await fetch(`${gateway.url}/health`);

    expect(response.status).toBe(201);
    expect(response.headers.get('x-number')).toBe('7');
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([0, 255]);
  });

  it('asks for no key on an open route', async () => {
    const { status } = await call('/health', { headers: {} });

    expect(status).toBe(200);
    expect(authorized).toEqual([]);
  });

  it('answers 401 without a key and calls nobody', async () => {
    const { status, headers, body } = await call('/v1/jobs', { headers: {} });

    expect(status).toBe(401);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(body).toMatchObject({ type: 'urn:logsieve:problem:no-key', status: 401, requestId: expect.any(String) });
    expect(authorized).toEqual([]);
  });

  it('answers 403 to a key that the authorizer denies', async () => {
    const { status, body } = await call('/v1/jobs', { headers: { 'x-api-key': 'bad' } });

    expect([status, body.type]).toEqual([403, 'urn:logsieve:problem:denied']);
  });

  it('keeps the answer for a key, for every route, for a minute', async () => {
    await call('/v1/jobs');
    await call('/v1/jobs/a');
    nowMs += 59_000;
    await call('/v1/jobs');
    nowMs += 2_000;
    await call('/v1/jobs');

    expect(authorized).toEqual(['good', 'good']);
  });

  it('passes headers on that are called like what every object has', async () => {
    const headers = { ...key, constructor: 'a', __defineGetter__: 'b', ...JSON.parse('{"__proto__":"c"}') };

    const { status, body } = await call('/v1/jobs', { headers });

    expect(status).toBe(200);
    expect(Object.entries(z.record(z.string(), z.string()).parse(body.headers))).toContainEqual(['constructor', 'a']);
  });

  it.each(['*', 'http://'])('answers 404 to the target %s, which has no path', async (target) => {
    expect(await statusOf(gateway.port, target)).toBe(404);
  });

  it.each(['//', '//[', '//v1/v1/jobs', 'http://elsewhere/nowhere'])(
    'takes no host from the target %s',
    async (target) => {
      expect(await statusOf(gateway.port, target)).toBe(200);
    },
  );

  it.each(['/', '/nowhere', '/v1/jobs/a/b', '/v1/jobs//', '/v1/jobs/%ff'])(
    'gives %s to the function that says what there is, and asks for no key',
    async (path) => {
      const { body } = await call(path, { headers: {} });

      expect(body).toMatchObject({ resource: '/{proxy+}', pathParameters: { proxy: path.slice(1) } });
      expect(authorized).toEqual([]);
    },
  );

  it.each(['DELETE', 'OPTIONS'])('gives it a known path with %s too', async (method) => {
    const { body } = await call('/v1/jobs', { method, headers: {} });

    expect(body).toMatchObject({ resource: '/{proxy+}', httpMethod: method });
  });

  it.each([
    ['over 10 MB with a length', Buffer.alloc(10 * 1024 * 1024 + 1)],
    ['over the function’s 6 MB', Buffer.alloc(5 * 1024 * 1024)],
  ])('answers 413 to a body %s, and serves the next request', async (_, body) => {
    const large = await call('/v1/classify', { method: 'POST', body });

    expect([large.status, large.body.type]).toEqual([413, 'urn:logsieve:problem:too-large']);
    expect((await call('/v1/jobs')).status).toBe(200);
  });

  it('answers 431 to an address that is too large, as a problem too', async () => {
    const { status, headers, body } = await call(`/v1/jobs?cursor=${'x'.repeat(11_000)}`);

    expect([status, body.type]).toEqual([431, 'urn:logsieve:problem:head-too-large']);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('answers 413 to a body over 10 MB that does not say its length', async () => {
    const chunk = new Uint8Array(1024 * 1024);
    let left = 11;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => (left-- > 0 ? controller.enqueue(chunk) : controller.close()),
    });

    const large = await call('/v1/classify', { method: 'POST', body, duplex: 'half' });

    expect(large.status).toBe(413);
  });

  it.each([
    ['crashed', 502],
    ['handled', 502],
    ['timed-out', 504],
    ['throttled', 429],
  ] as const)('answers to a function that %s with %i, and nothing of why', async (error, status) => {
    answer = () => ({ ok: false, error, body: '{"errorMessage":"a secret"}' });

    const failed = await call('/v1/jobs');

    expect(failed.status).toBe(status);
    expect(JSON.stringify(failed.body)).not.toContain('secret');
  });

  it('answers 429 when the stage’s burst is used up, until it has refilled', async () => {
    const calls: Awaited<ReturnType<typeof call>>[] = [];
    while (calls.length < throttle.burst + 10)
      calls.push(...(await Promise.all(Array.from({ length: 10 }, () => call('/health')))));
    const refused = calls.filter(({ status }) => status === 429);
    nowMs += 1_000;

    expect(refused).toHaveLength(10);
    expect(refused[0]?.body.type).toBe('urn:logsieve:problem:throttled');
    expect((await call('/health')).status).toBe(200);
  });

  it('answers 502 to an answer that is none', async () => {
    answer = () => ok({ hello: 'world' });

    expect((await call('/v1/jobs')).status).toBe(502);
  });
});

/** `fetch` would mend a target before it is sent. */
function statusOf(port: number, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get({ port, path, host: '127.0.0.1', headers: { 'x-api-key': 'good' } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject);
  });
}
