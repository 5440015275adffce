import { describe, expect, it } from 'vitest';
import { viewJob } from '../../../lib/jobs/ask/job-view.ts';
import { takeLogDelivery } from '../../../lib/jobs/log-delivery.ts';
import { ingestOrdered } from '../../../lib/jobs/start-ingest.ts';
import { submitBatch } from '../../../lib/jobs/submit-batch.ts';
import { sweep } from '../../../lib/jobs/sweep.ts';
import { aJob, aJobId, aTenant } from '../../factories/jobs.ts';
import { drain, forever, jobOf, resultsOf } from '../../fakes/run-service.ts';
import { type MemoryService, memoryService } from '../../fakes/service.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const owner = { tenant: aTenant, id: aJobId };

const quotas = (linesPerDay: number) => ({ everyone: { linesPerDay }, tenants: {} });

/** A dropped CSV of so many rows in chunks of ten, its reading ordered. */
async function aDrop(service: MemoryService, rows: number): Promise<void> {
  const csv = `message\n${Array.from({ length: rows }, (_, row) => `row ${row} ended`).join('\n')}\n`;
  const put = await service.objects.put('uploads', `incoming/${aTenant}/drop.csv`, csv);
  const source = { bucket: 'uploads', key: `incoming/${aTenant}/drop.csv`, ...put, bytes: csv.length };
  const { pins } = aJob();
  await service.jobs.create(
    aJob({ kind: 'upload', name: 'drop.csv', layout: undefined, source, pins: { ...pins, chunkRecords: 10 } }),
  );
  await ingestOrdered(service, { tenant: aTenant, jobId: aJobId }, forever);
  await drain(service);
}

async function sweepAfter(service: MemoryService, ms: number): Promise<void> {
  service.clock.advance(ms);
  await sweep(service);
  await drain(service);
}

describe('a dropped file over its quota', () => {
  it('waits, says so, and goes on the next day until it is whole', async () => {
    const service = memoryService({ quotas: quotas(25) });

    await aDrop(service, 60);
    const waiting = await viewJob(service, aTenant, aJobId);
    await sweepAfter(service, 11 * MINUTE);
    const stillWaiting = await jobOf(service, owner);
    await sweepAfter(service, DAY);
    const second = await viewJob(service, aTenant, aJobId);
    await sweepAfter(service, DAY);

    expect(waiting).toMatchObject({ state: 'throttled', counts: { accepted: 20 } });
    expect(stillWaiting.throttled).toMatchObject({ since: '2026-03-01T10:00:00.000Z' });
    expect(second).toMatchObject({ state: 'throttled', counts: { accepted: 40 } });
    expect(await viewJob(service, aTenant, aJobId)).toMatchObject({ state: 'completed', counts: { accepted: 60 } });
    expect((await resultsOf(service, owner)).trim().split('\n')).toHaveLength(61);
  });

  it('that cannot be parted as finely as its quota goes on by a chunk a day', async () => {
    const service = memoryService({ quotas: quotas(4) });

    await aDrop(service, 20);
    await sweepAfter(service, DAY);

    expect(await viewJob(service, aTenant, aJobId)).toMatchObject({ state: 'completed', counts: { accepted: 20 } });
  });

  it('is not given up on, however many days it waits', async () => {
    const service = memoryService({ quotas: quotas(0) });
    await aDrop(service, 5);

    for (let day = 0; day < 12; day += 1) await sweepAfter(service, DAY);

    expect(await viewJob(service, aTenant, aJobId)).toMatchObject({ state: 'throttled' });
  });

  it('counts no line twice when it is read again', async () => {
    const service = memoryService({ quotas: quotas(60) });
    await aDrop(service, 30);

    await service.jobs.update(aTenant, aJobId, ['completed'], { state: 'running', totals: undefined });
    await ingestOrdered(service, { tenant: aTenant, jobId: aJobId }, forever);

    expect(await service.lines.take({ tenant: aTenant, kind: 'upload' }, 30, 'the rest')).toBe(true);
    expect(await service.lines.take({ tenant: aTenant, kind: 'upload' }, 1, 'one more')).toBe(false);
  });
});

describe('a batch', () => {
  it('was counted when it was sent, and does not wait', async () => {
    const service = memoryService({ quotas: quotas(0) });

    const job = await submitBatch(service, {
      tenant: aTenant,
      body: Buffer.from('{"message":"ended"}\n'),
      counted: true,
    });
    await drain(service);

    expect(await jobOf(service, job)).toMatchObject({ state: 'completed' });
  });
});

describe("a log group's deliveries over the quota", () => {
  const delivery = (first: number, events: number) => ({
    owner: '111122223333',
    logGroup: '/app/web',
    logStream: 'one',
    events: Array.from({ length: events }, (_, index) => ({
      id: `event-${first + index}`,
      timestamp: Date.parse('2026-03-01T10:00:00.000Z') + first + index,
      message: `request ${first + index} ended`,
    })),
  });

  it('are kept, and judged when there are lines again', async () => {
    const service = memoryService({ quotas: quotas(25) });

    const job = await takeLogDelivery(service, aTenant, delivery(0, 20));
    await takeLogDelivery(service, aTenant, delivery(100, 20));
    await takeLogDelivery(service, aTenant, delivery(100, 20));
    await drain(service);
    const waiting = await viewJob(service, aTenant, job.id);
    await sweepAfter(service, 2 * 60 * MINUTE);
    const sealed = await viewJob(service, aTenant, job.id);
    await sweepAfter(service, DAY);
    await sweepAfter(service, 11 * MINUTE);

    expect(waiting).toMatchObject({ state: 'throttled', counts: { accepted: 20 } });
    expect(sealed.state).toBe('throttled');
    expect(await viewJob(service, aTenant, job.id)).toMatchObject({ state: 'completed', counts: { accepted: 40 } });
  });
});
