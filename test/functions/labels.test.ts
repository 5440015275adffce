import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handler as api } from '../../functions/api/api.ts';
import { handler as classifier } from '../../functions/classify/http.ts';
import { handler as worker } from '../../functions/classify/worker.ts';
import { handler as ingest } from '../../functions/ingest-upload/ingest-upload.ts';
import { aContext, anApiEvent } from '../factories/api.ts';
import { bodyOf, type Service, startService } from './a-service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

type Sent = Partial<Parameters<typeof anApiEvent>[0]>;
const call = (method: string, path: string, body?: unknown, fields: Sent = {}) => {
  const handler = path.includes('classify') ? classifier : api;
  const text = body === undefined ? undefined : JSON.stringify(body);
  return handler(anApiEvent({ method, path, scopes: 'ingest admin', body: text, ...fields }), aContext());
};

const LINES = ['Invoice 4711 could not be charged: card declined', 'Parcel 77 left the warehouse for Hamburg'];
const labels = [
  { name: 'Billing', description: 'payments, invoices and credit cards', examples: ['Payment of invoice 12 failed'] },
  { name: 'Shipping', description: 'parcels, warehouses and deliveries', examples: ['Parcel 12 was delivered'] },
];

describe('POST /v1/classify with labels', () => {
  it('answers in them, by the embedding, with the anomaly scores of the service’s own', async () => {
    const own = bodyOf(await call('POST', '/v1/classify', { log_entries: LINES }));

    const { results, summary } = bodyOf(await call('POST', '/v1/classify', { log_entries: LINES, labels }));

    expect(results).toMatchObject([
      { target_label: 'Billing', stage: 'zero-shot', model: { id: expect.stringContaining('starter') } },
      { target_label: 'Shipping', stage: 'zero-shot' },
    ]);
    expect(summary.byCategory).toEqual({ Billing: 1, Shipping: 1 });
    expect(results.map(({ anomaly }: { anomaly: unknown }) => anomaly)).toEqual(
      own.results.map(({ anomaly }: { anomaly: unknown }) => anomaly),
    );
  });

  it('learns from examples where each label has five that differ', async () => {
    const taught = [
      {
        name: 'Printers',
        examples: [
          'Tray 2 is out of paper',
          'Toner of lp-4 is low',
          'Page jammed in the fuser',
          'Print job 71 queued for lp-4',
          'lp-9 went offline while printing',
        ],
      },
      {
        name: 'Greenhouse',
        examples: [
          'Soil moisture of bed 3 fell to 11%',
          'Irrigation valve 7 opened',
          'Roof vents closed because of wind',
          'Humidity setpoint changed to 60%',
          'Growing lamps switched off at dusk',
        ],
      },
    ];

    const { results } = bodyOf(
      await call('POST', '/v1/classify', {
        log_entries: ['Paper jam in tray 1 of lp-4', 'Irrigation of bed 9 finished, moisture 40%'],
        labels: taught,
      }),
    );

    expect(results).toMatchObject([
      { target_label: 'Printers', stage: 'embedding', reason: expect.stringContaining('the examples of Printers') },
      { target_label: 'Greenhouse', stage: 'embedding' },
    ]);
  });

  it('is not what the path of the replaced program does, whatever it is sent', async () => {
    const { results } = bodyOf(await call('POST', '/classify', { log_entries: LINES, labels: ['only one'] }));

    expect(results.map(({ target_label }: { target_label: string }) => target_label)).not.toContain('Billing');
  });
});

const many = Array.from({ length: 200 }, (_, index) => `Label ${index}`);
const doors: Record<string, (fields: object) => ReturnType<typeof call>> = {
  '/v1/classify': (fields) => call('POST', '/v1/classify', { log_entries: ['a'], ...fields }),
  '/v1/batches': (fields) => call('POST', '/v1/batches', { log_entries: ['a'], ...fields }),
  '/v1/uploads': (fields) => call('POST', '/v1/uploads', { name: 'a.csv', bytes: 1, ...fields }),
  '/v1/labels': (fields) => call('PUT', '/v1/labels', fields),
};
describe.each(Object.entries(doors))('labels that cannot be taken at %s', (_path, send) => {
  it.each([
    ['no labels', { labels: [] }, 'labels'],
    ['one label', { labels: ['Billing'] }, 'labels'],
    ['200 labels', { labels: many }, 'labels'],
    ['no list', { labels: 'Billing' }, 'labels'],
    ['a label of 10 kB', { labels: ['Billing', 'x'.repeat(10_000)] }, 'labels.1'],
    ['a name of 10 kB', { labels: ['Billing', { name: 'x'.repeat(10_000) }] }, 'labels.1.name'],
    [
      'a description of 10 kB',
      { labels: ['a', { name: 'b', description: 'x'.repeat(10_000) }] },
      'labels.1.description',
    ],
    ['an example of 10 kB', { labels: ['a', { name: 'b', examples: ['x'.repeat(10_000)] }] }, 'labels.1.examples.0'],
    ['two of one name', { labels: ['Billing', 'Shipping', ' billing '] }, 'labels.2'],
    ['a control character', { labels: ['Billing', 'Ship\u0000ping'] }, 'labels.1'],
    [
      'a line under two labels',
      {
        labels: [
          { name: 'Billing', examples: ['card declined', 'refund sent'] },
          { name: 'Shipping', examples: ['refund  sent'] },
        ],
      },
      'labels.1.examples.0',
    ],
    ['a template without {}', { labels: ['a', 'b'], hypothesis_template: 'It says so.' }, 'hypothesis_template'],
    ['a long template', { labels: ['a', 'b'], hypothesis_template: `{}${'x'.repeat(300)}` }, 'hypothesis_template'],
    ['a template alone', { hypothesis_template: 'about {}' }, 'hypothesis_template'],
  ])('%s', async (_name, fields, path) => {
    const reply = await send(fields);

    expect(reply.headers).toMatchObject({ 'content-type': 'application/problem+json' });
    const problem = bodyOf(reply);
    expect(problem).toMatchObject({ status: 400, type: 'urn:logsieve:problem:invalid-body' });
    expect(problem.issues[0].path).toBe(path);
    expect(problem.detail).toContain(path);
  });
});

describe('a job with labels', () => {
  const jobOf = async (jobId: string) => service.jobs.get('acme', jobId);
  const ndjson = LINES.map((line) => JSON.stringify({ message: line })).join('\n');

  it.each([
    ['beside the entries of a batch', { body: JSON.stringify({ log_entries: LINES, labels }) }],
    ['in the query of a batch of lines', { body: ndjson, query: { labels: JSON.stringify(labels) } }],
  ])('is judged in them: %s', async (_name, sent) => {
    await service.take('uploads');
    const reply = await call('POST', '/v1/batches', undefined, sent);
    await service.deliver('uploads', ingest);
    await service.deliver('chunks-small', worker);

    const { jobId } = bodyOf(reply);
    const verdicts = bodyOf(await call('GET', `/v1/jobs/${jobId}/verdicts`, undefined, { scopes: 'read' }));

    expect(reply.statusCode).toBe(202);
    expect((await jobOf(jobId))?.pins.labelSet).toMatch(/^[0-9a-f]{16}$/);
    expect(JSON.stringify(verdicts)).toContain('Billing');
    expect(JSON.stringify(verdicts)).toContain('Shipping');
  });

  it('names the query where its labels cannot be read', async () => {
    const reply = await call('POST', '/v1/batches', undefined, { body: ndjson, query: { labels: 'Billing' } });

    expect(bodyOf(reply)).toMatchObject({ status: 400, issues: [{ path: 'labels' }] });
  });

  it('keeps those of an upload', async () => {
    const reply = await call('POST', '/v1/uploads', { name: 'a.csv', bytes: 9, labels, hypothesis_template: 'On {}.' });

    expect((await jobOf(bodyOf(reply).jobId))?.pins.labelSet).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe('/v1/labels', () => {
  const tenant = 'globex';
  const get = (fields: Sent = {}) => call('GET', '/v1/labels', undefined, { tenant, scopes: 'read', ...fields });
  const put = (body: unknown, fields: Sent = {}) =>
    call('PUT', '/v1/labels', body, { tenant, scopes: 'admin', ...fields });

  it('gives what was set, for its tenant only, and takes nothing over a version that was not read', async () => {
    const before = await get();
    const changed = await put(
      { labels, anomaly_base_rate: 0.05 },
      { headers: { 'If-Match': `${before.headers?.etag}` } },
    );

    const again = await put({ labels: ['a', 'b'] }, { headers: { 'If-Match': `${before.headers?.etag}` } });

    expect(bodyOf(before)).toEqual({ labels: [] });
    expect(changed.statusCode).toBe(200);
    expect(bodyOf(again)).toMatchObject({ status: 412, type: 'urn:logsieve:problem:version' });
    expect(bodyOf(await get())).toMatchObject({ labels, anomaly_base_rate: 0.05 });
    expect((await get()).headers?.etag).toBe(changed.headers?.etag);
    expect(bodyOf(await get({ tenant: 'initech' }))).toEqual({ labels: [] });
  });

  it('is what a request without labels is answered in', async () => {
    await put({ labels }, { tenant: 'hooli' });

    const { results } = bodyOf(await call('POST', '/v1/classify', { log_entries: LINES }, { tenant: 'hooli' }));

    expect(results.map(({ target_label }: { target_label: string }) => target_label)).toEqual(['Billing', 'Shipping']);
  });

  it('is written by admins and read by readers', async () => {
    expect((await put({ labels }, { scopes: 'read ingest' })).statusCode).toBe(403);
    expect((await get({ scopes: 'ingest' })).statusCode).toBe(403);
  });

  it.each([
    ['a share of one', { anomaly_base_rate: 1 }, {}, 'anomaly_base_rate'],
    // DynamoDB has no such number: stored with the settings, it failed every later job.
    ['a share too small to be counted', { anomaly_base_rate: 5e-324 }, {}, 'anomaly_base_rate'],
    ['an unknown field', { label: [] }, {}, '(root)'],
  ])('refuses %s', async (_name, body, fields, path) => {
    expect(bodyOf(await put(body, fields))).toMatchObject({ status: 400, issues: [{ path }] });
  });

  it('refuses an If-Match that is no version', async () => {
    expect(bodyOf(await put({}, { headers: { 'If-Match': 'W/"x"' } }))).toMatchObject({ status: 400 });
  });
});
