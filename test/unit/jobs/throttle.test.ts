import { describe, expect, it } from 'vitest';
import type { Chunk } from '../../../lib/domain/chunk.ts';
import { viewJob } from '../../../lib/jobs/ask/job-view.ts';
import { handleDeadChunk } from '../../../lib/jobs/dead-letters.ts';
import { resultsKey } from '../../../lib/jobs/keys.ts';
import { takeLogDelivery } from '../../../lib/jobs/log-delivery.ts';
import { replayJob } from '../../../lib/jobs/replay.ts';
import { ingestOrdered } from '../../../lib/jobs/start-ingest.ts';
import { submitBatch } from '../../../lib/jobs/submit-batch.ts';
import { sweep } from '../../../lib/jobs/sweep.ts';
import { aJob, aJobId, aTenant } from '../../factories/jobs.ts';
import { aLabelSet } from '../../factories/label-sets.ts';
import { memoryPageStore } from '../../fakes/page-store.ts';
import { drain, forever, jobOf, resultsOf } from '../../fakes/run-service.ts';
import { type MemoryService, memoryService } from '../../fakes/service.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const owner = { tenant: aTenant, id: aJobId };

/** A row of 13 bytes weighs 77. */
const SEGMENT_OF_20_ROWS = 1_000;

const quotas = (linesPerDay: number) => ({ everyone: { linesPerDay }, tenants: {} });

/** A dropped CSV of so many rows in chunks of ten and segments of so many bytes, its reading ordered. */
async function aDrop(
  service: MemoryService,
  rows: number,
  segmentBytes = aJob().pins.segmentBytes,
  run = drain,
): Promise<void> {
  const csv = `message\n${Array.from({ length: rows }, (_, row) => `row ${row} ended`).join('\n')}\n`;
  const put = await service.objects.put('uploads', `incoming/${aTenant}/drop.csv`, csv);
  const source = { bucket: 'uploads', key: `incoming/${aTenant}/drop.csv`, ...put, bytes: csv.length };
  const { pins } = aJob();
  await service.jobs.create(
    aJob({
      kind: 'upload',
      name: 'drop.csv',
      layout: undefined,
      source,
      pins: { ...pins, chunkRecords: 10, segmentBytes },
    }),
  );
  await ingestOrdered(service, { tenant: aTenant, jobId: aJobId }, forever);
  await run(service);
}

async function sweepAfter(service: MemoryService, ms: number, run = drain): Promise<void> {
  service.clock.advance(ms);
  await sweep(service);
  await run(service);
}

function withoutSegments(service: MemoryService) {
  return { jobs: { ...service.jobs, segments: async () => [] } };
}

/** What S3's lifecycle does to an upload that has been open for days. */
async function loseResults(service: MemoryService): Promise<void> {
  const job = await jobOf(service, owner);
  if (job.multipartId === undefined) throw new Error('results were begun');
  await service.objects.abortMultipart(service.dataBucket, resultsKey(job), job.multipartId);
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

  it('ends whole when S3 has aborted the upload of its results, which waited too long', async () => {
    const service = memoryService({ quotas: quotas(20) });
    await aDrop(service, 100, SEGMENT_OF_20_ROWS);
    await sweepAfter(service, DAY);
    await loseResults(service);
    const [lost, before] = [await jobOf(service, owner), await viewJob(service, aTenant, aJobId)];

    for (let day = 0; day < 3; day += 1) await sweepAfter(service, DAY);

    expect(lost).toMatchObject({ state: 'running', multipartId: expect.any(String) });
    expect(before.counts).toMatchObject({ accepted: 40 });
    expect(await jobOf(service, owner)).toMatchObject({ state: 'completed', tally: { accepted: 100, failed: 0 } });
    expect((await resultsOf(service, owner)).trim().split('\n')).toHaveLength(101);
  });

  it('ends whole when the upload goes between the last part and the end', async () => {
    const service = memoryService({ quotas: quotas(60) });
    const completeMultipart: typeof service.objects.completeMultipart = async (...of) => {
      const isFirst = (await jobOf(service, owner)).replays === undefined;
      if (isFirst) await loseResults(service);
      return service.objects.completeMultipart(...of);
    };

    await aDrop({ ...service, objects: { ...service.objects, completeMultipart } }, 60, SEGMENT_OF_20_ROWS);

    expect(await jobOf(service, owner)).toMatchObject({ state: 'completed', tally: { accepted: 60 } });
  });

  it('counts as failed what failed before its results were begun anew and after, and sends none of it again before a replay', async () => {
    const service = memoryService({ quotas: quotas(20) });
    const dead: Chunk[] = [];
    const loseFirstOfTwo = (chunk: Chunk) => chunk.chunk === 0 && dead.push(chunk) > 0;
    const dieAndDrain = async () => {
      await drain(service, loseFirstOfTwo);
      for (const chunk of dead.splice(0)) await handleDeadChunk(service, chunk, 'dead');
      await drain(service, loseFirstOfTwo);
    };
    await aDrop(service, 100, SEGMENT_OF_20_ROWS, dieAndDrain);
    await sweepAfter(service, DAY, dieAndDrain);
    await loseResults(service);
    for (let day = 0; day < 4; day += 1) await sweepAfter(service, DAY, dieAndDrain);
    const failed = await jobOf(service, owner);

    await replayJob(service, aTenant, aJobId);
    await drain(service);

    expect(failed).toMatchObject({ state: 'completed-with-failures', tally: { accepted: 50, failed: 50 } });
    expect(await jobOf(service, owner)).toMatchObject({ state: 'completed', tally: { accepted: 100, failed: 0 } });
    expect((await resultsOf(service, owner)).trim().split('\n')).toHaveLength(101);
  });

  it.each([
    ['verdicts', (_service: MemoryService) => ({ pages: memoryPageStore() })],
    ['segments', withoutSegments],
  ])('fails, and says why, when its first %s are no longer kept', async (_name, expired) => {
    const service = memoryService({ quotas: quotas(10) });
    await aDrop(service, 20);

    await sweepAfter({ ...service, ...expired(service) }, 31 * DAY);

    expect(await jobOf(service, owner)).toMatchObject({ state: 'failed', error: { code: 'verdicts-expired' } });
  });

  it('is judged by the labels and rules it began with, which are kept while it waits', async () => {
    const service = memoryService({ quotas: quotas(0) });
    const pins = { ...aJob().pins, labelSet: 'a'.repeat(16), ruleSet: 'b'.repeat(16) };
    await service.labelSets.keep(aTenant, pins.labelSet, aLabelSet());
    await service.ruleSets.keep(aTenant, pins.ruleSet, []);
    await service.jobs.create(aJob({ pins, throttled: { since: '2026-03-01T10:00:00.000Z' } }));
    const kept: string[] = [];
    const keep = async (_tenant: string, hash: string) => void kept.push(hash);

    const { labelSets, ruleSets } = service;
    await sweepAfter({ ...service, labelSets: { ...labelSets, keep }, ruleSets: { ...ruleSets, keep } }, DAY);

    expect(kept).toEqual([pins.labelSet, pins.ruleSet]);
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

  it('fail their job when they waited longer than they are kept', async () => {
    const service = memoryService({ quotas: quotas(25) });
    const job = await takeLogDelivery(service, aTenant, delivery(0, 20));
    await takeLogDelivery(service, aTenant, delivery(100, 20));
    await drain(service);
    await sweepAfter(service, 2 * 60 * MINUTE);

    await sweepAfter({ ...service, ...withoutSegments(service) }, 31 * DAY);

    expect(await jobOf(service, job)).toMatchObject({ state: 'failed', error: { code: 'verdicts-expired' } });
  });

  it('fail their job when their bytes are gone', async () => {
    const service = memoryService({ quotas: quotas(25) });
    const job = await takeLogDelivery(service, aTenant, delivery(0, 20));
    await takeLogDelivery(service, aTenant, delivery(100, 20));
    await drain(service);
    for (const { key } of await service.objects.list('data', `${aTenant}/logs/`))
      await service.objects.delete('data', key);

    await sweepAfter(service, 31 * DAY);

    expect(await jobOf(service, job)).toMatchObject({ state: 'failed', error: { code: 'object-missing' } });
  });
});
