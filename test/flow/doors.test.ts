import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aFolder } from '../factories/a-folder.ts';
import { startTestStack, type TestStack } from './a-stack.ts';

describe('the doors of the laptop stack', () => {
  let folder: Awaited<ReturnType<typeof aFolder>>;
  let stack: TestStack;

  beforeAll(async () => {
    folder = await aFolder();
    stack = await startTestStack(folder.path, { LOG_GROUPS: '[{"prefix":"/acme/","tenant":"local"}]' });
  });
  afterAll(async () => {
    await stack.close();
    await folder[Symbol.asyncDispose]();
  });

  const entries = [
    'User User123 logged in.',
    {
      source: 'LegacyCRM',
      log_message: 'Case escalation for ticket ID 7324 failed because the assigned agent is inactive.',
    },
    { source: 'kernel', log_message: 'Out of memory: Killed process 4121 (java)', level: 'error' },
  ];

  it.each(['/classify/', '/classify', '/v1/classify'])('POST %s answers now', async (path) => {
    const { status, body } = await stack.call(path, { method: 'POST', body: JSON.stringify({ log_entries: entries }) });

    expect(status).toBe(200);
    expect(body.results.map((result: { target_label: string }) => result.target_label)).toEqual([
      'User Action',
      'Workflow Error',
      expect.any(String),
    ]);
    expect(body.summary.records).toBe(3);
  });

  it('POST /v1/batches takes gzip and answers the same job to the same Idempotency-Key', async () => {
    const ndjson = entries.map((entry) => JSON.stringify(typeof entry === 'string' ? { message: entry } : entry));
    const send = async () => {
      const body = gzipSync(ndjson.join('\n'));
      const headers = { 'x-api-key': stack.apiKey, 'content-encoding': 'gzip', 'idempotency-key': 'a-batch' };
      const response = await fetch(`${stack.url}/v1/batches`, { method: 'POST', body, headers });
      return { status: response.status, body: JSON.parse(await response.text()) };
    };

    const [first, second] = [await send(), await send()];
    const job = await stack.endedJob(first.body.jobId);

    expect([first.status, second.body.jobId]).toEqual([202, first.body.jobId]);
    expect(job).toMatchObject({ state: 'completed', found: 3, accepted: 3 });
  });

  it('POST /v1/uploads gives a link that writes the file once', async () => {
    const csv = 'when,what\n1,disk full\n2,User a logged in\n';
    const body = JSON.stringify({ name: 'linked.csv', bytes: Buffer.byteLength(csv), columns: { message: 'what' } });

    const { status, body: upload } = await stack.call('/v1/uploads', { method: 'POST', body });
    const { 'content-length': _, ...headers } = upload.headers;
    const put = () => fetch(upload.url, { method: 'PUT', body: csv, headers });
    const [written, again] = [await put(), await put()];
    const job = await stack.endedJob(upload.jobId);

    expect([status, written.status, again.status]).toEqual([201, 200, 412]);
    expect(job).toMatchObject({ name: 'linked.csv', state: 'completed', found: 2, accepted: 2 });
  });

  it('a CloudWatch Logs delivery is taken by Lambda Invoke, twice the same once', async () => {
    const message = {
      messageType: 'DATA_MESSAGE',
      owner: '123456789012',
      logGroup: '/acme/orders',
      logStream: 'one',
      subscriptionFilters: ['all'],
      logEvents: [
        { id: '1', timestamp: Date.now(), message: 'order 17 failed: no route to host' },
        { id: '2', timestamp: Date.now(), message: 'order 18 shipped' },
      ],
    };
    const event = { awslogs: { data: gzipSync(JSON.stringify(message)).toString('base64') } };
    const invoke = async () => {
      const url = `${stack.endpoint}/2015-03-31/functions/ingest-logs/invocations`;
      const response = await fetch(url, { method: 'POST', body: JSON.stringify(event) });
      return JSON.parse(await response.text());
    };

    const [first, second] = [await invoke(), await invoke()];
    await expect.poll(async () => (await stack.client.job(first.jobId)).accepted, { timeout: 30_000 }).toBe(2);

    expect(first).toMatchObject({ taken: 2 });
    expect(second.jobId).toBe(first.jobId);
    expect((await stack.client.job(first.jobId)).found).toBe(2);
  });

  it('answers questions about a job: verdicts, patterns, results', async () => {
    const csv = readFileSync(new URL('../../events/sample.csv', import.meta.url)).subarray(0, 20_000);
    await stack.drop('asked.csv', csv.subarray(0, csv.lastIndexOf(10) + 1));
    const job = await stack.endedDrop('asked.csv');

    const rows: { row: number }[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const { body } = await stack.call(`/v1/jobs/${job.id}/verdicts?limit=50${query}`);
      rows.push(...body.rows);
      cursor = body.cursor;
    }
    const { body } = await stack.call(`/v1/jobs/${job.id}/patterns?limit=100`);
    const anomalous = await stack.call(`/v1/jobs/${job.id}/verdicts?anomaly=true&limit=100`);

    expect(rows.map(({ row }) => row)).toEqual(Array.from({ length: job.found }, (_, index) => index + 1));
    expect(body.patterns[0].count).toBeGreaterThanOrEqual(body.patterns.at(-1).count);
    expect(anomalous.body.rows).toHaveLength(Math.min(job.anomalies, 100));
  });

  it('keeps everyone out who has no key', async () => {
    const url = `${stack.url}/v1/jobs`;

    expect((await fetch(url)).status).toBe(401);
    expect((await fetch(url, { headers: { 'x-api-key': `${stack.apiKey}x` } })).status).toBe(403);
    expect((await fetch(`${stack.url}/health`)).status).toBe(200);
  });
});
