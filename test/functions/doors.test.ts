import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handler } from '../../functions/api/api.ts';
import { LIMITS } from '../../lib/domain/limits.ts';
import { aContext, anApiEvent } from '../factories/api.ts';
import { textOf } from '../fakes/service.ts';
import { bodyOf, type Service, startService } from './a-service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

type Sent = Partial<Parameters<typeof anApiEvent>[0]>;
const batch = (body: string | Uint8Array, fields: Sent = {}) =>
  handler(anApiEvent({ method: 'POST', path: '/v1/batches', scopes: 'ingest', body, ...fields }), aContext());
const MiB = 1024 * 1024;
const kept = async (jobId: string) => {
  const job = await service.jobs.get('acme', jobId);
  return job?.source === undefined ? '' : textOf(await service.objects.read(job.source));
};

describe('POST /v1/batches', () => {
  it.each([
    ['a JSON array', '["a",{"log_message":"b"}]'],
    ['entries as /classify takes them', '{"log_entries":["a",{"log_message":"b"}]}'],
    ['NDJSON', '"a"\n{"log_message":"b"}\n'],
    ['NDJSON after a byte order mark', '\ufeff"a"\n{"log_message":"b"}\n'],
    ['gzip', gzipSync('["a",{"log_message":"b"}]')],
  ])('makes a job of %s, with the body kept first', async (_name, body) => {
    const reply = await batch(body);

    const { jobId, ...rest } = bodyOf(reply);
    expect(reply.statusCode).toBe(202);
    expect(rest).toEqual({ state: 'running', records: 2, job: `/v1/jobs/${jobId}` });
    expect((await kept(jobId)).replace('\ufeff', '')).toBe('"a"\n{"log_message":"b"}\n');
    expect((await service.take('uploads')).map((order) => JSON.parse(order))).toEqual([{ tenant: 'acme', jobId }]);
  });

  it('reads a repeated Idempotency-Key as the same job, and refuses it for another body', async () => {
    const headers = { 'Idempotency-Key': 'order-17' };
    const first = await batch('["a"]', { headers });

    const again = await batch('["a"]', { headers });
    const zipped = await batch(gzipSync('["a"]'), { headers });
    const other = await batch('["b"]', { headers });
    const foreign = await batch('["b"]', { headers, tenant: 'globex' });

    expect(bodyOf(again)).toEqual(bodyOf(first));
    expect(bodyOf(zipped).jobId).toBe(bodyOf(first).jobId);
    expect(bodyOf(other)).toMatchObject({ status: 422, type: 'urn:logsieve:problem:idempotency-key-reused' });
    expect(foreign.statusCode).toBe(202);
    expect(bodyOf(foreign).jobId).not.toBe(bodyOf(first).jobId);
  });

  it.each(['', 'with space', 'ä', 'x'.repeat(129)])('refuses the Idempotency-Key "%s"', async (key) => {
    const reply = await batch('["a"]', { headers: { 'Idempotency-Key': key } });

    expect(bodyOf(reply)).toMatchObject({ status: 400, type: 'urn:logsieve:problem:idempotency-key' });
  });

  it('keeps which keys hold what, as the query says', async () => {
    const reply = await batch('[{"text":"a"}]', { query: { message: 'text', source: 'app' } });

    const job = await service.jobs.get('acme', bodyOf(reply).jobId);
    expect(job?.wanted.columns).toEqual({ message: 'text', source: 'app' });
  });

  it.each([
    ['an empty body', '', 400, 'empty-body'],
    ['a body of white space', ' \n', 400, 'empty-body'],
    ['neither JSON nor NDJSON', 'User1 logged in', 400, 'invalid-json'],
    ['an array that breaks off', '["a", ', 400, 'invalid-json'],
    ['records that are numbers', '["a", 7]', 400, 'invalid-body'],
    ['no records', '[]', 400, 'invalid-body'],
    ['a gzip that breaks off', gzipSync('["a"]').subarray(0, 15), 400, 'gzip'],
    ['more than 4 MB on the wire', `["${'x'.repeat(4 * MiB)}"]`, 413, 'too-large'],
    ['a gzip bomb', gzipSync(Buffer.alloc(LIMITS.batchInflatedBytes + 1, ' ')), 413, 'too-large'],
    ['a gzip bomb in a gzip', gzipSync(gzipSync(Buffer.alloc(LIMITS.batchInflatedBytes + 1))), 413, 'too-large'],
  ])('refuses %s', async (_name, body, status, code) => {
    const reply = await batch(body);

    expect(reply.headers).toMatchObject({ 'content-type': 'application/problem+json' });
    expect(bodyOf(reply)).toMatchObject({ status, type: `urn:logsieve:problem:${code}`, requestId: 'request-1' });
  });

  it('takes a line of 2 MB, NUL bytes and lone surrogates: they are judged or rejected row by row', async () => {
    const reply = await batch(`"${'x'.repeat(2 * MiB)}"\n"a\\u0000b"\n"\\ud800"\n`);

    expect(bodyOf(reply)).toMatchObject({ records: 3 });
  });
});

describe('POST /v1/uploads', () => {
  const upload = (body: object | string) =>
    handler(
      anApiEvent({
        method: 'POST',
        path: '/v1/uploads',
        scopes: 'ingest',
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
      aContext(),
    );
  const complete = (jobId: string, tenant = 'acme') =>
    handler(
      anApiEvent({ method: 'POST', path: `/v1/uploads/${jobId}/complete`, scopes: 'ingest', tenant }),
      aContext(),
    );

  it('gives a link that writes those bytes once, and the bucket tells of them', async () => {
    await service.take('uploads');
    const body = 'message\nUser User1 logged in.\n';
    const reply = await upload({
      name: 'app.csv',
      bytes: body.length,
      columns: { message: 'message' },
      source: 'shop',
    });
    const { jobId, method, url, headers, ...rest } = bodyOf(reply);

    const early = await complete(jobId);
    const put = await fetch(url, { method, headers, body });
    const again = await fetch(url, { method, headers, body });
    const late = await complete(jobId);

    expect(reply.statusCode).toBe(201);
    expect(rest).toEqual({ state: 'awaiting-upload', job: `/v1/jobs/${jobId}`, expiresInSeconds: LIMITS.linkSeconds });
    expect(bodyOf(early)).toMatchObject({ status: 409, type: 'urn:logsieve:problem:upload-incomplete' });
    expect([put.status, again.status, late.statusCode]).toEqual([200, 412, 202]);
    const told = (await service.take('uploads')).map((message) => JSON.parse(message));
    expect(told).toEqual([{ Records: [expect.any(Object)] }, { tenant: 'acme', jobId }]);
  });

  it('gives a link a part above 1 GB, and is complete when every part is there', async () => {
    const reply = await upload({ name: 'app.csv', bytes: LIMITS.singlePutBytes + 1 });
    const { jobId, parts, complete: path } = bodyOf(reply);

    const incomplete = await complete(jobId);

    expect(parts).toHaveLength(17);
    expect(parts[16]).toMatchObject({ part: 17, start: 16 * LIMITS.uploadPartBytes, end: LIMITS.singlePutBytes + 1 });
    expect(path).toBe(`/v1/uploads/${jobId}/complete`);
    expect(bodyOf(incomplete)).toMatchObject({ type: 'urn:logsieve:problem:upload-incomplete' });
    expect((await complete(jobId, 'globex')).statusCode).toBe(404);
  });

  it.each([
    ['no JSON', 'app.csv', 'invalid-json'],
    ['no name', { bytes: 1 }, 'invalid-body'],
    ['no bytes', { name: 'a.csv', bytes: 0 }, 'invalid-body'],
    ['a line break in the name', { name: 'a\r\n.csv', bytes: 1 }, 'invalid-body'],
    ['an unknown column', { name: 'a.csv', bytes: 1, columns: { mesage: 'm' } }, 'invalid-body'],
    ['an unknown field', { name: 'a.csv', bytes: 1, colums: {} }, 'invalid-body'],
    ['more than 64 GB', { name: 'a.csv', bytes: LIMITS.uploadBytes + 1 }, 'too-large'],
  ])('refuses %s', async (_name, body, code) => {
    expect(bodyOf(await upload(body)).type).toBe(`urn:logsieve:problem:${code}`);
  });
});
