import { afterAll, describe, expect, it } from 'vitest';
import { dynamoJobStore } from '../../lib/aws/job-store.ts';
import type { JobStore } from '../../lib/ports.ts';
import { aChunk, aJob } from '../factories/jobs.ts';
import { fakeClock } from '../fakes/clock.ts';
import { memoryJobStore } from '../fakes/job-store.ts';
import { place, sharedLaptop } from './laptop.ts';

const laptop = sharedLaptop();
afterAll(laptop.close);
const adapters: Record<string, () => Promise<JobStore>> = {
  memory: async () => memoryJobStore(),
  [`dynamodb on ${place}`]: async () => dynamoJobStore((await laptop.open()).clients.dynamo, 'jobs', fakeClock()),
};

let count = 0;
/** A tenant of one test's own: the laptop's tables are shared by all of them. */
function ownTenant(): string {
  count += 1;
  return `tenant-${count}`;
}
const jobId = (number: number) => String(number).padStart(26, '0');
const closed = {
  object: { bucket: 'uploads', key: 'incoming/acme/app.csv', etag: '"1"' },
  start: 16,
  end: 100,
  chunks: 3,
  records: 12,
  firstRow: 1,
  firstLine: 2,
};
const tally = {
  accepted: 10,
  rejected: 2,
  failed: 0,
  anomalies: 1,
  degraded: 0,
  byCategory: { Error: 10 },
  byStage: { rule: 10 },
  bySeverity: { info: 10 },
};

describe.each(Object.entries(adapters))('job store: %s', (_name, open) => {
  it('gives back the job it was given, whole', async () => {
    const store = await open();
    const job = aJob({
      tenant: ownTenant(),
      source: { bucket: 'uploads', key: 'k', version: '1', etag: '"e"', bytes: 5 },
      wanted: { columns: { message: 'text' }, joinContinuations: true },
      totals: { segments: 1, chunks: 2, records: 3 },
      tally,
      replays: 1,
      error: { code: 'c', message: 'm' },
    });

    const created = await store.create(job);

    expect(created).toBe(true);
    expect(await store.get(job.tenant, job.id)).toEqual(job);
    expect(await store.get(ownTenant(), job.id)).toBeUndefined();
  });

  it('creates a job once', async () => {
    const store = await open();
    const job = aJob({ tenant: ownTenant() });
    await store.create(job);

    const again = await store.create({ ...job, name: 'other.csv' });

    expect(again).toBe(false);
    expect((await store.get(job.tenant, job.id))?.name).toBe('app.csv');
  });

  it('changes a job only from the states named and where the guard holds', async () => {
    const store = await open();
    const job = aJob({ tenant: ownTenant(), multipartId: 'one' });
    const update = (...rest: Parameters<JobStore['update']> extends [string, string, ...infer Rest] ? Rest : never) =>
      store.update(job.tenant, job.id, ...rest);
    await store.create(job);

    expect(await update(['completed'], { name: 'x' })).toBeUndefined();
    expect(await update(['running'], { name: 'x' }, { absent: 'multipartId' })).toBeUndefined();
    expect(await update(['running'], { name: 'x' }, { replays: 1 })).toBeUndefined();
    expect(await store.update(job.tenant, jobId(9), ['running'], { name: 'x' })).toBeUndefined();
    expect((await store.get(job.tenant, job.id))?.name).toBe('app.csv');
    expect(
      await update(['failed', 'running'], { replays: 1, name: 'y' }, { replays: 0, absent: 'totals' }),
    ).toMatchObject({
      name: 'y',
      replays: 1,
    });
    expect(await update(['running'], { name: 'z' }, { replays: 1 })).toMatchObject({ name: 'z' });
  });

  it('clears a field that is set to undefined', async () => {
    const store = await open();
    const job = aJob({ tenant: ownTenant(), multipartId: 'one', endedAt: '2026-03-01T10:00:00.000Z' });
    await store.create(job);

    const changed = await store.update(job.tenant, job.id, ['running'], { multipartId: undefined, name: 'x' });

    expect(changed).not.toHaveProperty('multipartId');
    expect(await store.get(job.tenant, job.id)).toMatchObject({ name: 'x', endedAt: job.endedAt });
  });

  it("lists a tenant's jobs, newest first, page by page", async () => {
    const store = await open();
    const tenant = ownTenant();
    for (const number of [1, 3, 2])
      await store.create(aJob({ tenant, id: jobId(number), createdAt: `2026-03-01T10:00:0${number}.000Z` }));
    await store.create(aJob({ tenant: ownTenant(), id: jobId(4) }));

    const first = await store.list(tenant, { limit: 2 });
    const second = await store.list(tenant, { limit: 2, cursor: first.cursor });

    expect(first.jobs.map(({ id }) => id)).toEqual([jobId(3), jobId(2)]);
    expect(second.jobs.map(({ id }) => id)).toEqual([jobId(1)]);
    expect(second.cursor).toBeUndefined();
    await expect(store.list(tenant, { limit: 2, cursor: 'bm9uc2Vuc2U' })).rejects.toMatchObject({ code: 'cursor' });
  });

  it('finds the jobs that are not over and were not touched for a while', async () => {
    const store = await open();
    const tenant = ownTenant();
    const touch = (second: number) => ({ touchedAt: `2026-01-01T10:00:0${second}.000Z` });
    await store.create(aJob({ tenant, id: jobId(1), ...touch(1) }));
    await store.create(aJob({ tenant, id: jobId(2), state: 'awaiting-upload', ...touch(2) }));
    await store.create(aJob({ tenant, id: jobId(3), ...touch(9) }));
    await store.create(aJob({ tenant, id: jobId(4), ...touch(1) }));
    await store.update(tenant, jobId(4), ['running'], { state: 'completed' });

    const unannounced = await store.idle('2026-01-01T10:00:05.000Z', 10);
    await store.update(tenant, jobId(4), ['completed'], { announced: true });
    const open4 = await store.idle('2026-01-01T10:00:05.000Z', 10);
    const one = await store.idle('2026-01-01T10:00:05.000Z', 1);

    const idsOf = (found: typeof one) => found.map((job) => job.jobId).sort();
    expect(idsOf(unannounced)).toEqual([jobId(1), jobId(2), jobId(4)]);
    expect(idsOf(open4)).toEqual([jobId(1), jobId(2)]);
    expect(one).toHaveLength(1);
    expect(one[0]?.tenant).toBe(tenant);
  });

  it('adds a chunk once however often it is said', async () => {
    const store = await open();
    const chunk = aChunk({ tenant: ownTenant(), segment: 7, chunk: 2 });

    await store.chunkDone(chunk, { accepted: 3, rejected: 1 });
    await store.chunkDone({ ...chunk, chunk: 0 }, { accepted: 5, rejected: 0 });
    const segment = await store.chunkDone(chunk, { accepted: 3, rejected: 1 });

    expect(segment).toMatchObject({ segment: 7, done: new Set([0, 2]), judged: { accepted: 8, rejected: 1 } });
    expect(await store.segment(chunk.tenant, chunk.jobId, 7)).toEqual(segment);
  });

  it('takes a done chunk never for failed, and a failed one for done when it comes through', async () => {
    const store = await open();
    const chunk = aChunk({ tenant: ownTenant() });

    const failed = await store.chunkFailed({ ...chunk, chunk: 1, replay: 2 }, 'out of memory');
    const done = await store.chunkDone({ ...chunk, chunk: 1 }, { accepted: 4, rejected: 0 });
    const late = await store.chunkFailed({ ...chunk, chunk: 1 }, 'again');

    expect(failed.failed).toEqual(new Map([[1, 2]]));
    expect(done.failed.size).toBe(0);
    expect(late.failed.size).toBe(0);
    expect(late.done).toEqual(new Set([1]));
  });

  it('keeps the descriptors of failed chunks', async () => {
    const store = await open();
    const chunk = aChunk({ tenant: ownTenant(), chunk: 5 });

    await store.chunkFailed(chunk, 'why');
    await store.chunkFailed({ ...chunk, segment: 1 }, 'why');
    await store.chunkFailed(chunk, 'why');

    const kept = await store.failedChunks(chunk.tenant, chunk.jobId);
    expect(kept).toHaveLength(2);
    expect(kept).toEqual(expect.arrayContaining([chunk, { ...chunk, segment: 1 }]));
  });

  it('closes a segment once', async () => {
    const store = await open();
    const tenant = ownTenant();

    const first = await store.closeSegment(tenant, jobId(1), 0, closed);
    const second = await store.closeSegment(tenant, jobId(1), 0, { ...closed, chunks: 9 });

    expect(first.closed).toEqual(closed);
    expect(second.closed).toEqual(closed);
  });

  it('settles and renders a segment once per replay', async () => {
    const store = await open();
    const tenant = ownTenant();
    const settle = (replay: number, failed: number[]) => store.settleSegment(tenant, jobId(1), 0, { replay, failed });
    await store.closeSegment(tenant, jobId(1), 0, closed);

    const settled = [await settle(0, [1]), await settle(0, []), await settle(1, []), await settle(0, [2])];
    await store.segmentRendered(tenant, jobId(1), 0, { replay: 1, tally, bytes: 10 });
    await store.segmentRendered(tenant, jobId(1), 0, { replay: 1, tally, bytes: 11 });
    await store.segmentRendered(tenant, jobId(1), 0, { replay: 0, tally, bytes: 12 });

    expect(settled.map((segment) => segment.settled)).toEqual([
      { replay: 0, failed: [1] },
      { replay: 0, failed: [1] },
      { replay: 1, failed: [] },
      { replay: 1, failed: [] },
    ]);
    expect((await store.segment(tenant, jobId(1), 0))?.rendered).toEqual({ replay: 1, tally, bytes: 10 });
  });

  it('gives the segments in the order of their numbers, from one on', async () => {
    const store = await open();
    const tenant = ownTenant();
    const numbers = [281_474_976_710_655, 10, 2, 0];
    for (const number of numbers) await store.closeSegment(tenant, jobId(1), number, closed);
    await store.chunkFailed(aChunk({ tenant, jobId: jobId(1) }), 'why');

    const all = await store.segments(tenant, jobId(1));
    const some = await store.segments(tenant, jobId(1), 3);

    expect(all.map(({ segment }) => segment)).toEqual([0, 2, 10, 281_474_976_710_655]);
    expect(some.map(({ segment }) => segment)).toEqual([10, 281_474_976_710_655]);
    expect(await store.segments(tenant, jobId(1), 1, 2)).toEqual(all.slice(1, 3));
    expect(await store.segment(tenant, jobId(1), 99)).toBeUndefined();
  });

  it('knows for which job a delivery was last noted, of each tenant', async () => {
    const store = await open();
    const tenant = ownTenant();

    const before = await store.deliveryJob(tenant, 'hash');
    await store.noteDelivery(tenant, 'hash', jobId(1));
    await store.noteDelivery(tenant, 'hash', jobId(2));

    expect(before).toBeUndefined();
    expect(await store.deliveryJob(tenant, 'hash')).toBe(jobId(2));
    expect(await store.deliveryJob(tenant, 'other')).toBeUndefined();
    expect(await store.deliveryJob(ownTenant(), 'hash')).toBeUndefined();
    expect((await store.list(tenant, { limit: 9 })).jobs).toEqual([]);
  });

  it('counts every one of a hundred chunks said at once', async () => {
    const store = await open();
    const chunk = aChunk({ tenant: ownTenant() });

    const seen = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        store.chunkDone({ ...chunk, chunk: index }, { accepted: 1, rejected: 0 }),
      ),
    );

    expect(seen.filter(({ done }) => done.size === 100)).toHaveLength(1);
    expect((await store.segment(chunk.tenant, chunk.jobId, 0))?.judged.accepted).toBe(100);
  });
});

describe('idle jobs in DynamoDB', () => {
  it('leave every shard its share of a limit', async () => {
    const store = dynamoJobStore((await laptop.open()).clients.dynamo, 'jobs', fakeClock());
    const tenant = ownTenant();
    // The last character's code says the shard.
    const crowded = ['1', '2', '3', '4'].map((digit) => `${digit.repeat(25)}0`);
    const alone = jobId(3);
    for (const id of [...crowded, alone])
      await store.create(aJob({ tenant, id, touchedAt: '2025-01-01T10:00:00.000Z' }));

    const found = await store.idle('2025-01-01T10:00:05.000Z', 2);

    expect(found.map((job) => job.jobId)).toContain(alone);
    expect(found).toHaveLength(2);
  });
});
