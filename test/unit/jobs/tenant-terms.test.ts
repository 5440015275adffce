import { describe, expect, it } from 'vitest';
import { handleDeadChunk } from '../../../lib/jobs/dead-letters.ts';
import { takeLogDelivery } from '../../../lib/jobs/log-delivery.ts';
import { replayJob } from '../../../lib/jobs/replay.ts';
import { ingestDrop } from '../../../lib/jobs/start-ingest.ts';
import { submitBatch } from '../../../lib/jobs/submit-batch.ts';
import { readSettings, writeSettings } from '../../../lib/jobs/tenant-settings.ts';
import { cascadeOfJob, labelSetHash } from '../../../lib/jobs/tenant-terms.ts';
import { createUpload } from '../../../lib/jobs/uploads.ts';
import { aJob, aTenant } from '../../factories/jobs.ts';
import { aLabelSet } from '../../factories/label-sets.ts';
import { drain, forever, jobOf, resultsOf } from '../../fakes/run-service.ts';
import { type MemoryService, memoryService } from '../../fakes/service.ts';

const birds = aLabelSet(['Owls', 'Herons']);
const bills = aLabelSet(['Billing', 'Shipping']);
const body = Buffer.from('"worker 1 ended"\n"worker 2 began"\n');
const delivery = {
  owner: '1',
  logGroup: '/app',
  logStream: 's',
  events: [{ id: 'e', timestamp: 1, message: 'worker 1 ended' }],
};

async function drop(service: MemoryService, metadata: Record<string, string>) {
  const put = await service.objects.put('uploads', 'incoming/acme/app.csv', 'message\nx\n', { metadata });
  const dropped = { bucket: 'uploads', key: 'incoming/acme/app.csv', version: put?.version, stamp: put?.version ?? '' };
  const outcome = await ingestDrop(service, dropped, forever);
  if (outcome.kind !== 'read') throw new Error(outcome.kind);
  return outcome.job;
}

describe('a job', () => {
  const kinds: Record<string, (service: MemoryService) => Promise<{ pins: { labelSet?: string } }>> = {
    'a batch': (service) => submitBatch(service, { tenant: aTenant, body }),
    'an upload': async (service) => (await createUpload(service, { tenant: aTenant, name: 'a.csv', bytes: 1 })).job,
    'a drop': (service) => drop(service, {}),
    "a log group's hour": (service) => takeLogDelivery(service, aTenant, delivery),
  };

  it.each(Object.entries(kinds))('is pinned to its tenant’s terms: %s', async (_name, begin) => {
    const service = memoryService();
    const plain = await begin(service);
    await writeSettings(service, 'other', { labels: birds });
    const terms = { labels: bills, anomalyBaseRate: 0.02 };
    const fresh = memoryService();
    await writeSettings(fresh, aTenant, terms);

    const job = await begin(fresh);

    expect(plain.pins.labelSet).toBeUndefined();
    expect(job.pins).toMatchObject({ labelSet: labelSetHash(bills), anomalyBaseRate: 0.02 });
    expect(await fresh.labelSets.get(aTenant, labelSetHash(bills))).toEqual(bills);
  });

  it.each([
    ['a batch', (service: MemoryService) => submitBatch(service, { tenant: aTenant, body, labels: birds })],
    [
      'an upload',
      async (service: MemoryService) =>
        (await createUpload(service, { tenant: aTenant, name: 'a.csv', bytes: 1, labels: birds })).job,
    ],
    ['a drop', (service: MemoryService) => drop(service, { labels: 'Herons, Owls' })],
    ['a drop with JSON', (service: MemoryService) => drop(service, { labels: '["Herons", {"name": "Owls"}]' })],
  ])('is pinned to the labels it was sent with before its tenant’s: %s', async (_name, begin) => {
    const service = memoryService();
    await writeSettings(service, aTenant, { labels: bills });

    expect((await begin(service)).pins.labelSet).toBe(labelSetHash(birds));
  });

  it.each([
    ['one name', { labels: 'Owls' }],
    ['broken JSON', { labels: '["Owls"' }],
    ['a template without a place', { labels: 'Owls,Herons', 'hypothesis-template': 'about' }],
    ['a template alone', { 'hypothesis-template': 'about {}' }],
  ])('of a drop whose labels cannot be read fails and says why: %s', async (_name, metadata) => {
    const service = memoryService();

    const job = await drop(service, metadata);

    expect(await jobOf(service, job)).toMatchObject({
      state: 'failed',
      error: { message: expect.stringMatching(/label|hypothesis/) },
    });
  });

  it('is judged by its pins to its end, whatever its tenant sets meanwhile, replays too', async () => {
    const service = memoryService();
    const job = await submitBatch(service, { tenant: aTenant, body, labels: birds });
    await drain(service, (chunk) => {
      void handleDeadChunk(service, chunk, 'lost');
      return true;
    });
    await drain(service);
    await writeSettings(service, aTenant, { labels: bills });
    service.clock.advance(120_000);
    await replayJob(service, aTenant, job.id);
    await drain(service);
    const undisturbed = memoryService();
    const other = await submitBatch(undisturbed, { tenant: aTenant, body, labels: birds });
    await drain(undisturbed);
    const plain = memoryService();
    const plainJob = await submitBatch(plain, { tenant: aTenant, body });
    await drain(plain);

    expect(await jobOf(service, job)).toMatchObject({ state: 'completed', replays: 1 });
    expect(await resultsOf(service, job)).toBe(await resultsOf(undisturbed, other));
    expect(await resultsOf(service, job)).not.toBe(await resultsOf(plain, plainJob));
  });

  it('whose labels are gone does not go on in others', async () => {
    const service = memoryService();
    const job = aJob({ pins: { ...aJob().pins, labelSet: '0123456789abcdef' } });

    await expect(cascadeOfJob(service, job)).rejects.toMatchObject({ kind: 'fault', code: 'labels-missing' });
  });

  it('is the same for a repeated Idempotency-Key, whatever its tenant sets meanwhile, and refused for other labels', async () => {
    const service = memoryService();
    const send = (labels?: typeof birds) =>
      submitBatch(service, { tenant: aTenant, body, labels, idempotencyKey: 'k' });
    const first = await send();
    await writeSettings(service, aTenant, { labels: bills });
    service.clock.advance(120_000);

    const again = await send();

    expect(again).toEqual(first);
    await expect(send(birds)).rejects.toMatchObject({ status: 422, code: 'idempotency-key-reused' });
  });
});

describe("a tenant's settings", () => {
  it('are changed only where the version stands that was read', async () => {
    const service = memoryService();
    const before = await readSettings(service, aTenant);

    const changed = await writeSettings(service, aTenant, { labels: bills }, before.version);

    expect(await readSettings(service, aTenant)).toEqual(changed);
    await expect(writeSettings(service, aTenant, {}, before.version)).rejects.toMatchObject({ status: 412 });
    const cleared = await writeSettings(service, aTenant, {}, changed.version);
    expect(cleared.version).toBe(before.version);
    await writeSettings(service, aTenant, { labels: birds }, before.version);
    expect((await readSettings(service, aTenant)).terms).toEqual({ labels: birds });
  });

  it('are gone by a minute after they were changed, and read once in between', async () => {
    const service = memoryService();
    await service.termsOf(aTenant);
    await writeSettings(service, aTenant, { labels: bills });

    const soon = await service.termsOf(aTenant);
    service.clock.advance(60_000);

    expect(soon).toEqual({});
    expect(await service.termsOf(aTenant)).toEqual({ labels: bills });
  });
});
