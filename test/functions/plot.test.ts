import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handler as api } from '../../functions/api/api.ts';
import { handler } from '../../functions/classify/http.ts';
import { handler as worker } from '../../functions/classify/worker.ts';
import { handler as finish } from '../../functions/finish-job/finish-job.ts';
import { handler as ingest } from '../../functions/ingest-upload/ingest-upload.ts';
import { aContext, anApiEvent } from '../factories/api.ts';
import { bodyOf, type Service, startService } from './a-service.ts';
import { useAssets } from './assets.ts';

let service: Service;
let assets: Awaited<ReturnType<typeof useAssets>>;
beforeAll(async () => {
  service = await startService();
  assets = await useAssets();
});
afterAll(async () => {
  await assets.remove();
  await service.close();
});

const plot = (body: string, headers: Record<string, string> = {}, scopes = 'ingest read') =>
  handler(anApiEvent({ method: 'POST', path: '/plot/', scopes, body, headers }), aContext());
const svg = { accept: 'image/svg+xml' };
const entries = [
  { log_message: 'User 1 logged in', timestamp: '2026-03-01T10:00:00Z' },
  { log_message: '<script>alert("x")</script> disk failure on sdb', timestamp: '2026-03-01T10:05:00Z' },
];

async function aFinishedJob(): Promise<string> {
  const body = JSON.stringify(entries.map(({ log_message, timestamp }) => ({ message: log_message, timestamp })));
  const reply = await api(anApiEvent({ method: 'POST', path: '/v1/batches', scopes: 'ingest', body }), aContext());
  await service.deliver('uploads', ingest);
  await service.deliver('chunks-small', worker);
  await service.deliver('finished', finish);
  return bodyOf(reply).jobId;
}

describe('POST /plot/', () => {
  it('draws records as SVG, with their texts as text', async () => {
    const reply = await plot(JSON.stringify({ log_entries: entries }), svg);

    expect(reply).toMatchObject({ statusCode: 200, headers: { 'content-type': 'image/svg+xml' } });
    expect(reply.body).toMatch(/^<svg xmlns[\s\S]*<\/svg>$/);
    for (const title of ['Categories (records)', 'Anomalies over time', 'Top patterns', 'time (UTC)'])
      expect(reply.body).toContain(title);
    expect(reply.body).not.toContain('<script');
  });

  it('draws a job as PNG, and as SVG with its name', async () => {
    const job = JSON.stringify({ job_id: await aFinishedJob() });

    const png = await plot(job);
    const drawn = await plot(job, svg, 'read');

    expect(png).toMatchObject({ headers: { 'content-type': 'image/png' }, isBase64Encoded: true });
    expect(Buffer.from(png.body, 'base64').subarray(0, 8)).toEqual(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'));
    expect(drawn.body).toContain('2 records');
    expect(drawn.body).toContain('Anomalies over time');
  });

  it('draws a CSV', async () => {
    const reply = await plot('source,log_message\napp,User 1 logged in\n', { ...svg, 'content-type': 'text/csv' });

    expect(reply.body).toContain('Anomalies in the order of the rows');
  });

  it.each([
    ['a job that is not there', JSON.stringify({ job_id: 'z'.repeat(26) }), {}, 404],
    ['neither a job nor records', '{}', {}, 422],
    ['a picture of another kind', JSON.stringify({ log_entries: ['a'] }), { accept: 'image/gif' }, 406],
  ])('refuses %s', async (_name, body, headers, status) => {
    expect(bodyOf(await plot(body, headers)).status).toBe(status);
  });

  it('refuses an Idempotency-Key of other characters also where it would count nothing', async () => {
    const job = JSON.stringify({ job_id: await aFinishedJob() });

    const reply = await plot(job, { ...svg, 'idempotency-key': 'two words' });

    expect(reply.statusCode).toBe(422);
    expect(bodyOf(reply).type).toContain('idempotency-key');
  });

  it('judges nothing for a key that may only read', async () => {
    const reply = await plot(JSON.stringify({ log_entries: ['a'] }), {}, 'read');

    expect(bodyOf(reply)).toMatchObject({ status: 403, type: 'urn:logsieve:problem:scope' });
  });
});
