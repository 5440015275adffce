import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { aContext, anApiEvent } from '../factories/api.ts';
import { aDataMessage, aLogsEvent, anAuthorizerEvent, anSqsEvent } from '../factories/events.ts';
import { aChunk } from '../factories/jobs.ts';
import { bodyOf, type Service, startService } from './a-service.ts';

let service: Service;
let folder: string;
beforeAll(async () => {
  service = await startService({ LOG_GROUPS: '[{"prefix":"/aws/","tenant":"acme"}]' });
  folder = mkdtempSync(join(tmpdir(), 'logsieve-no-models-'));
});
afterAll(async () => {
  await service.close();
  rmSync(folder, { recursive: true });
});
// A process reads its environment once: each test has the handlers of a new one.
beforeEach(() => vi.resetModules());
afterEach(() => vi.unstubAllEnvs());

const api = async () => (await import('../../functions/api/api.ts')).handler;
const http = async () => (await import('../../functions/classify/http.ts')).handler;
const worker = async () => (await import('../../functions/classify/worker.ts')).handler;

const listing = anApiEvent({ path: '/v1/jobs', scopes: 'read' });
const classifying = anApiEvent({ method: 'POST', path: '/classify', scopes: 'ingest', body: '{"log_entries":["a"]}' });
const bland = {
  type: 'urn:logsieve:problem:internal',
  title: 'Internal error',
  status: 500,
  detail: 'Something failed on our side. Give the request id request-1 when you report it.',
  requestId: 'request-1',
};
const lastFault = () => service.logged.map((line) => JSON.parse(line)).findLast(({ level }) => level === 'error');

describe('a fault', () => {
  it('is a bland 500 to the caller, and said in full in the log: a table that is not there', async () => {
    vi.stubEnv('JOBS_TABLE', 'no-such-table');

    const reply = await (await api())(listing, aContext());

    expect(bodyOf(reply)).toEqual(bland);
    expect(reply.statusCode).toBe(500);
    expect(reply.headers).toMatchObject({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
    expect(lastFault()).toMatchObject({
      event: 'fault',
      requestId: 'request-1',
      error: 'Fault',
      cause: expect.stringContaining('ResourceNotFoundException'),
      stack: expect.stringContaining('lib/aws/table.ts'),
    });
  });

  it('is asked to be tried again when a service does not answer', { timeout: 30_000 }, async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:1');

    const reply = await (await api())(listing, aContext());

    expect(reply.headers).toMatchObject({ 'retry-after': '5' });
    expect(bodyOf(reply)).toMatchObject({ status: 503, title: 'Try again later' });
    expect(reply.body).not.toMatch(/127\.0\.0\.1|ECONNREFUSED|query/);
  });

  it('is a setting that is missing: the caller is not told of our settings', async () => {
    vi.stubEnv('JOBS_TABLE', undefined);

    expect(bodyOf(await (await api())(listing, aContext()))).toEqual(bland);
    expect(lastFault()).toMatchObject({ code: 'config', message: expect.stringContaining('JOBS_TABLE') });
  });

  it('is a model that is missing: the next call tries again', async () => {
    vi.stubEnv('MODELS_FOLDER', folder);
    const handler = await http();

    const replies = [await handler(classifying, aContext()), await handler(classifying, aContext())];

    expect(replies.map(bodyOf)).toEqual([bland, bland]);
  });

  it('brings a queue’s message back, so that nothing is lost over our own settings', async () => {
    const again = { batchItemFailures: [{ itemIdentifier: 'm0' }] };
    vi.stubEnv('MODELS_FOLDER', folder);
    const withoutModels = await (await worker())(anSqsEvent(aChunk()), aContext());
    vi.resetModules();
    vi.stubEnv('CACHE_TABLE', undefined);
    const withoutSettings = await (await worker())(anSqsEvent(aChunk()), aContext());

    expect([withoutModels, withoutSettings]).toEqual([again, again]);
  });

  it('fails the invocation where only that makes it come again: a delivery of logs, a key to check', async () => {
    vi.stubEnv('JOBS_TABLE', 'no-such-table');
    vi.stubEnv('ACCESS_TABLE', 'no-such-table');
    const { handler: logs } = await import('../../functions/ingest-logs/ingest-logs.ts');
    const { handler: authorize } = await import('../../functions/authorize/authorize.ts');

    await expect(logs(aLogsEvent(aDataMessage()), aContext())).rejects.toMatchObject({ kind: 'fault' });
    await expect(authorize(anAuthorizerEvent({ 'x-api-key': 'lsv_0123456789abcdef' }))).rejects.toMatchObject({
      kind: 'fault',
    });
  });
});
