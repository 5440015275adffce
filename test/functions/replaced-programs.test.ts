import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handler as api } from '../../functions/api/api.ts';
import { handler as classify } from '../../functions/classify/http.ts';
import { aContext, anApiEvent } from '../factories/api.ts';
import { bodyOf, type Service, startService } from './a-service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

type Sent = Partial<Parameters<typeof anApiEvent>[0]>;
const post = (path: string, fields: Sent) =>
  classify(anApiEvent({ method: 'POST', path, scopes: 'ingest read', ...fields }), aContext());
const analyze = (body: unknown) => post('/api/v1/analyze', { body: JSON.stringify(body) });

describe('POST /api/v1/analyze', () => {
  it('answers exactly what the anomaly detector answered', async () => {
    const reply = bodyOf(await analyze({ log_message: 'kernel panic: data lost', threshold: 0 }));

    expect(Object.keys(reply)).toEqual(['log_message', 'label', 'confidence', 'is_anomaly', 'threshold']);
    expect(reply).toMatchObject({ log_message: 'kernel panic: data lost', label: 'anomaly', is_anomaly: true });
  });

  it('labels by the threshold, and says how probable that label is', async () => {
    const body = [
      { log_message: 'User 42 logged in', threshold: 0 },
      { log_message: 'User 42 logged in', threshold: 1 },
      { log_message: 'User 42 logged in' },
    ];

    const [strict, lax, usual] = bodyOf(await analyze(body));

    expect(strict).toMatchObject({ label: 'anomaly', is_anomaly: true, threshold: 0 });
    expect(lax).toMatchObject({ label: 'normal', is_anomaly: false, threshold: 1 });
    expect(usual.threshold).toBe(0.5);
    expect(strict.confidence + lax.confidence).toBeCloseTo(1, 9);
  });

  it('takes several messages, and says their category where labels are sent', async () => {
    const labels = ['Billing', 'Shipping'];

    const several = bodyOf(await analyze({ log_messages: ['billing run wrote 4 invoices', 'parcel lost'], labels }));

    expect(several).toHaveLength(2);
    expect(several[0].category).toBe('Billing');
  });

  it.each(['replaced-program', 'failure'])('asks the zero-shot model in the wording %s', async (question) => {
    const messages = ['disk failure on sdb', 'User 42 logged in'];

    const every = bodyOf(await analyze({ log_messages: messages, threshold: 0, question }));
    const none = bodyOf(await analyze({ log_messages: messages, threshold: 1, question }));
    const one = bodyOf(await analyze({ log_message: messages[0], threshold: 0, question }));

    expect(every[0]).toEqual(one);
    expect(every).toMatchObject([{ label: 'anomaly', is_anomaly: true, model: { id: 'logsieve-starter' } }, {}]);
    expect(none).toMatchObject([{ label: 'normal', is_anomaly: false, threshold: 1 }, {}]);
    expect(every[0].confidence + none[0].confidence).toBeCloseTo(1, 9);
    expect(every[0].confidence).not.toBe(bodyOf(await analyze({ log_message: messages[0], threshold: 0 })).confidence);
  });

  it.each([
    ['a wording that there is not', { question: 'x' }, 'must be one of replaced-program, problem, failure'],
    ['labels beside a question', { question: 'failure', labels: ['a', 'b'] }, 'send it without labels'],
  ])('refuses %s', async (_name, fields, why) => {
    const problem = bodyOf(await analyze({ log_message: 'disk failure', ...fields }));

    expect(problem).toMatchObject({
      status: 422,
      issues: [{ path: 'question', message: expect.stringContaining(why) }],
    });
  });

  it.each([
    ['no message', {}, ['body', 'log_message']],
    ['a message that is no text', { log_message: 5 }, ['body', 'log_message']],
    ['a threshold over 1', { log_message: 'a', threshold: 1.5 }, ['body', 'threshold']],
    ['no messages', { log_messages: [] }, ['body', 'log_messages']],
    ['a wrong one of several', [{ log_message: 'a' }, { log_message: 1 }], ['body', 1, 'log_message']],
  ])('refuses %s as FastAPI did', async (_name, body, loc) => {
    const reply = await analyze(body);

    expect(reply).toMatchObject({ statusCode: 422, headers: { 'content-type': 'application/problem+json' } });
    expect(bodyOf(reply)).toMatchObject({
      type: 'urn:logsieve:problem:invalid-body',
      status: 422,
      detail: [{ type: 'invalid-body', loc, msg: expect.any(String) }],
      message: expect.any(String),
      issues: [{ path: loc.slice(1).join('.') }],
      requestId: 'request-1',
    });
  });
});

describe('GET /api/v1/health', () => {
  it('says that the model is loaded, and where it lies', async () => {
    const reply = await classify(anApiEvent({ path: '/api/v1/health' }), aContext());

    expect(reply.statusCode).toBe(200);
    expect(bodyOf(reply)).toEqual({
      status: 'healthy',
      model_loaded: true,
      model_path: 'models/starter/model.onnx',
    });
  });
});

describe('GET /api/v1/', () => {
  it('says what there is', async () => {
    const reply = await api(anApiEvent({ path: '/api/v1/' }), aContext());

    expect(bodyOf(reply)).toMatchObject({ analyze: '/api/v1/analyze', health: '/api/v1/health' });
  });
});

describe('POST /classify/csv', () => {
  const csv =
    'id,source,log_message\n1,kernel,"Out of memory: Killed process 911 (java)"\n2,ModernCRM,User 1 logged in.\n';
  const form = (content: string, name = 'logs.csv') => {
    const boundary = '----b0undary';
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: text/csv\r\n\r\n`;
    const body = `${head}${content}\r\n--${boundary}--\r\n`;
    return { body, headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } };
  };

  it('answers the file with target_label', async () => {
    const reply = await post('/classify/csv/', form(csv));

    expect(reply.headers).toMatchObject({ 'content-type': 'text/csv; charset=utf-8' });
    const [header, first, second] = reply.body.split('\n');
    expect(header).toMatch(/^id,source,log_message,target_label,confidence,is_anomaly,/);
    expect(first).toMatch(/^"1","kernel",/);
    expect(second).toContain('User 1 logged in.');
    expect(second).toContain(',User Action,');
  });

  it.each([
    ['of many rows', Array.from({ length: 2_500 }, (_, index) => `${index},app,line of text\n`)],
    ['of few long ones', Array.from({ length: 3 }, (_, index) => `${index},app,${'long '.repeat(160_000)}\n`)],
  ])('makes a job of a larger one %s, and says where it is', async (_name, lines) => {
    const rows = lines.join('');

    const reply = await post('/classify/csv', form(`id,source,log_message\n${rows}`));

    expect(reply.statusCode).toBe(202);
    const { jobId, job, results } = bodyOf(reply);
    expect([job, results]).toEqual([`/v1/jobs/${jobId}`, `/v1/jobs/${jobId}/results`]);
    expect(await service.jobs.get('acme', jobId)).toMatchObject({ name: 'batch.csv', wanted: { format: 'csv' } });
  });

  it('makes one job of a larger one that is sent again with its Idempotency-Key, and none of another file', async () => {
    const rows = 'line of text\n'.repeat(2_500);
    const send = (content: string, boundary: string) => {
      const sent = form(content);
      const type = `multipart/form-data; boundary=${boundary}`;
      const body = sent.body.replaceAll('----b0undary', boundary);
      return post('/classify/csv', { body, headers: { 'content-type': type, 'idempotency-key': 'a-large-one' } });
    };

    const first = bodyOf(await send(`log_message\n${rows}`, 'first'));
    const again = bodyOf(await send(`log_message\n${rows}`, 'second'));
    const other = bodyOf(await send(`log_message\nanother\n${rows}`, 'third'));

    expect(again.jobId).toBe(first.jobId);
    expect(other).toMatchObject({
      status: 422,
      type: 'urn:logsieve:problem:idempotency-key-reused',
      detail: [{ loc: ['body'] }],
    });
  });

  it('keeps the threshold it was asked for in the job of a larger one', async () => {
    const sent = { body: `log_message\n${'line of text\n'.repeat(2_500)}`, headers: { 'content-type': 'text/csv' } };
    const send = (threshold: string) =>
      post('/classify/csv', {
        ...sent,
        headers: { ...sent.headers, 'idempotency-key': 'a-threshold' },
        query: { threshold },
      });

    const first = bodyOf(await send('0.9'));
    const other = await send('0.8');

    expect((await service.jobs.get('acme', first.jobId))?.pins.anomalyThreshold).toBe(0.9);
    expect(bodyOf(await send('0.9')).jobId).toBe(first.jobId);
    expect(bodyOf(other)).toMatchObject({ status: 422, type: 'urn:logsieve:problem:idempotency-key-reused' });
  });

  it('refuses what is over 4 MB, and says where it would be taken', async () => {
    const reply = await post('/classify/csv', form(`log_message\n${'a line\n'.repeat(700_000)}`));

    expect(bodyOf(reply)).toMatchObject({ status: 413, type: 'urn:logsieve:problem:too-large' });
    expect(bodyOf(reply).detail).toContain('/v1/uploads');
  });

  it.each([
    ['no form', { body: csv, headers: { 'content-type': 'application/json' } }, 415],
    ['a form cut off', { body: '--x\r\n', headers: { 'content-type': 'multipart/form-data; boundary=x' } }, 422],
    ['a form without a boundary', { body: 'x', headers: { 'content-type': 'multipart/form-data' } }, 422],
    ['an empty file', form(''), 422],
  ])('refuses %s', async (_name, sent, status) => {
    const reply = await post('/classify/csv', sent);

    expect(bodyOf(reply).status).toBe(status);
  });
});

describe('query parameters that nobody knows', () => {
  it('are named on our own paths and ignored on those of the replaced programs', async () => {
    const sent = { body: JSON.stringify({ log_entries: ['a'] }), query: { treshold: '0.2' } };

    const [ours, replaced] = await Promise.all([post('/v1/classify', sent), post('/classify', sent)]);

    expect(bodyOf(ours)).toMatchObject({ status: 400, type: 'urn:logsieve:problem:invalid-query' });
    expect(bodyOf(ours).detail).toContain('treshold');
    expect(replaced.statusCode).toBe(200);
  });

  it('are told what they may be', async () => {
    const reply = await api(anApiEvent({ path: '/v1/jobs', query: { limit: '-1' }, scopes: 'read' }), aContext());

    expect(bodyOf(reply).issues).toEqual([{ path: 'limit', message: 'must be a whole number from 1 to 100' }]);
  });
});
