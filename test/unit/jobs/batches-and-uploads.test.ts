import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../lib/domain/limits.ts';
import { uploadKey } from '../../../lib/jobs/keys.ts';
import { hashJobId, newJobId } from '../../../lib/jobs/new-job.ts';
import { ingestDrop } from '../../../lib/jobs/start-ingest.ts';
import { refuseReusedKey, submitBatch } from '../../../lib/jobs/submit-batch.ts';
import { completeUpload, createUpload } from '../../../lib/jobs/uploads.ts';
import { fakeClock } from '../../fakes/clock.ts';
import { drain, forever, jobOf, resultsOf } from '../../fakes/run-service.ts';
import { memoryService } from '../../fakes/service.ts';

const ndjson = (...messages: string[]) =>
  Buffer.from(messages.map((message) => `${JSON.stringify({ source: 'app', message })}\n`).join(''));

describe('job ids', () => {
  it('are 26 of 0-9a-z and follow time', () => {
    const clock = fakeClock();
    const random = (bytes: number) => new Uint8Array(bytes).fill(255);

    const first = newJobId(clock, random);
    clock.advance(1);
    const second = newJobId(clock, () => new Uint8Array(17));

    expect(first).toMatch(/^[0-9a-z]{26}$/);
    expect(first < second).toBe(true);
    expect(hashJobId('a', 'bc')).toMatch(/^[0-9a-z]{26}$/);
    expect(hashJobId('a', 'bc')).not.toBe(hashJobId('ab', 'c'));
  });
});

describe('a batch', () => {
  it('is judged like a file and keeps its format', async () => {
    const service = memoryService();

    const job = await submitBatch(service, { tenant: 'acme', body: ndjson('one ended', 'two ended') });
    await drain(service);

    const rows = (await resultsOf(service, job)).trim().split('\n');
    expect(await jobOf(service, job)).toMatchObject({ kind: 'batch', state: 'completed', tally: { accepted: 2 } });
    expect(rows.map((row): unknown => JSON.parse(row))).toEqual([
      expect.objectContaining({ message: 'one ended', target_label: expect.any(String) }),
      expect.objectContaining({ message: 'two ended', target_label: expect.any(String) }),
    ]);
  });

  it('repeated with its Idempotency-Key is the same job; without one it is another', async () => {
    const service = memoryService();
    const batch = { tenant: 'acme', body: ndjson('one ended'), idempotencyKey: 'k1' };

    const first = await submitBatch(service, batch);
    const during = await submitBatch(service, batch);
    await drain(service);
    const after = await submitBatch(service, batch);
    const others = [
      await submitBatch(service, { ...batch, tenant: 'other' }),
      await submitBatch(service, { ...batch, idempotencyKey: undefined }),
    ];

    expect([during.id, after.id]).toEqual([first.id, first.id]);
    expect(after.state).toBe('completed');
    expect(new Set([first, ...others].map(({ id }) => id)).size).toBe(3);
    expect(service.events.announced).toHaveLength(1);
  });

  it('is refused when its Idempotency-Key was used for another body', async () => {
    const service = memoryService();
    await submitBatch(service, { tenant: 'acme', body: ndjson('one'), idempotencyKey: 'k1' });

    const again = submitBatch(service, { tenant: 'acme', body: ndjson('two'), idempotencyKey: 'k1' });

    await expect(again).rejects.toMatchObject({ code: 'idempotency-key-reused', status: 422 });
  });

  it('pins the threshold it was sent with, and is refused when its Idempotency-Key was used with another', async () => {
    const service = memoryService();
    const batch = { tenant: 'acme', body: ndjson('one'), anomalyThreshold: 0.9, idempotencyKey: 'k1' };
    const first = await submitBatch(service, batch);

    expect(first.pins.anomalyThreshold).toBe(0.9);
    expect((await submitBatch(service, batch)).id).toBe(first.id);
    for (const anomalyThreshold of [0.8, undefined])
      await expect(submitBatch(service, { ...batch, anomalyThreshold })).rejects.toMatchObject({ status: 422 });
  });

  it('can be refused for its Idempotency-Key before it is kept, and one that may be kept is not', async () => {
    const service = memoryService();
    const batch = { tenant: 'acme', body: ndjson('one'), idempotencyKey: 'k1' };
    const other = { ...batch, body: ndjson('two') };

    await refuseReusedKey(service, batch);
    await submitBatch(service, other);

    await expect(refuseReusedKey(service, batch)).rejects.toMatchObject({
      code: 'idempotency-key-reused',
      status: 422,
    });
    await refuseReusedKey(service, other);
    await refuseReusedKey(service, { ...batch, idempotencyKey: undefined });
  });

  it('(an upload) is refused when its Idempotency-Key was used for another request', async () => {
    const service = memoryService();
    const asked = { tenant: 'acme', name: 'a.csv', bytes: 10, idempotencyKey: 'k1' };
    const { job } = await createUpload(service, { ...asked, wanted: { columns: { message: 'text' } } });

    const same = await createUpload(service, { ...asked, wanted: { columns: { message: 'text' } } });
    const others = [asked, { ...asked, name: 'b.csv' }, { ...asked, wanted: { columns: { message: 'body' } } }];

    expect(same.job.id).toBe(job.id);
    for (const other of others)
      await expect(createUpload(service, other)).rejects.toMatchObject({ code: 'idempotency-key-reused', status: 422 });
  });

  it('whose order was lost in a crash begins when it is repeated', async () => {
    const service = memoryService();
    const batch = { tenant: 'acme', body: ndjson('one'), idempotencyKey: 'k1' };
    const job = await submitBatch(service, batch);
    service.ingestOrders.take();

    await submitBatch(service, batch);
    await drain(service);

    expect((await jobOf(service, job)).state).toBe('completed');
  });
});

describe('an upload', () => {
  const csv = 'source,message\napp,worker 1 ended\n';

  it('gets one link that writes exactly its bytes, and begins by the event of its object', async () => {
    const service = memoryService();

    const { job, links } = await createUpload(service, { tenant: 'acme', name: 'my app.csv', bytes: csv.length });
    const waiting = await jobOf(service, job);
    const written = await service.objects.put('uploads', uploadKey(job), csv);
    const event = { bucket: 'uploads', key: uploadKey(job), version: written?.version, stamp: written?.version ?? '' };
    await ingestDrop(service, event, forever);
    await drain(service);

    expect(links).toMatchObject({ headers: { 'content-length': String(csv.length), 'if-none-match': '*' } });
    expect(waiting.state).toBe('awaiting-upload');
    expect(await jobOf(service, job)).toMatchObject({ state: 'completed', name: 'my app.csv', tally: { accepted: 1 } });
  });

  it('begins when it is said to be complete, though no event came; said again, or beside the event, it is one job', async () => {
    const service = memoryService();
    const { job } = await createUpload(service, { tenant: 'acme', name: 'app.csv', bytes: csv.length });
    const written = await service.objects.put('uploads', uploadKey(job), csv);

    await completeUpload(service, 'acme', job.id);
    await completeUpload(service, 'acme', job.id);
    await drain(service);
    await ingestDrop(
      service,
      { bucket: 'uploads', key: uploadKey(job), version: written?.version, stamp: written?.version ?? '' },
      forever,
    );
    await drain(service);

    expect(await jobOf(service, job)).toMatchObject({ state: 'completed', tally: { accepted: 1 } });
    expect((await completeUpload(service, 'acme', job.id)).state).toBe('completed');
    expect(service.events.announced).toHaveLength(1);
  });

  it('is not complete before its bytes are there', async () => {
    const service = memoryService();
    const { job } = await createUpload(service, { tenant: 'acme', name: 'app.csv', bytes: 10 });

    await expect(completeUpload(service, 'acme', job.id)).rejects.toMatchObject({
      code: 'upload-incomplete',
      status: 409,
    });
    await expect(completeUpload(service, 'other', job.id)).rejects.toMatchObject({ code: 'job-missing', status: 404 });
  });

  it('above a gigabyte gets a link for each part, without gaps, and must have them all', async () => {
    const service = memoryService();
    const bytes = LIMITS.singlePutBytes + 5;

    const { job, links } = await createUpload(service, { tenant: 'acme', name: 'big.csv', bytes });

    const parts = 'parts' in links ? links.parts : [];
    expect(parts).toHaveLength(17);
    expect(parts.map(({ start }) => start)).toEqual([0, ...parts.slice(0, -1).map(({ end }) => end)]);
    expect(parts.at(-1)?.end).toBe(bytes);
    await expect(completeUpload(service, 'acme', job.id)).rejects.toMatchObject({ code: 'upload-incomplete' });
  });

  it('above the limit is refused', async () => {
    const creating = createUpload(memoryService(), { tenant: 'acme', name: 'a.csv', bytes: LIMITS.uploadBytes + 1 });

    await expect(creating).rejects.toMatchObject({ code: 'too-large', status: 413 });
  });
});
