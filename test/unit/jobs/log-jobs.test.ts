import { describe, expect, it } from 'vitest';
import type { LogDelivery } from '../../../lib/ingest/subscription-event.ts';
import { cutLines } from '../../../lib/jobs/cut-lines.ts';
import { handleDeadChunk } from '../../../lib/jobs/dead-letters.ts';
import { takeLogDelivery } from '../../../lib/jobs/log-delivery.ts';
import { recentIds } from '../../../lib/jobs/recent-ids.ts';
import { replayJob } from '../../../lib/jobs/replay.ts';
import { resultsWriter } from '../../../lib/jobs/results-writer.ts';
import { sweep } from '../../../lib/jobs/sweep.ts';
import { fakeClock } from '../../fakes/clock.ts';
import { memoryObjectStore } from '../../fakes/object-store.ts';
import { drain, jobOf, resultsOf } from '../../fakes/run-service.ts';
import { type MemoryService, memoryService, textOf } from '../../fakes/service.ts';

const MINUTE = 60_000;
const noon = Date.parse('2026-03-01T10:00:00.000Z');

function aDelivery(ids: readonly number[], logGroup = '/aws/ecs/app'): LogDelivery {
  const events = ids.map((id) => ({ id: `event-${id}`, timestamp: noon + id * 1_000, message: `worker ${id} ended` }));
  return { owner: '123456789012', logGroup, logStream: 's', events };
}

async function sealAndDrain(service: MemoryService): Promise<void> {
  service.clock.advance(71 * MINUTE);
  await sweep(service);
  await drain(service);
}

/** Takes a delivery and dies before its chunks are sent; the job it was taken into. */
async function takeAndDie(service: MemoryService, delivery: LogDelivery): Promise<string | undefined> {
  const send = async () => Promise.reject(new Error('killed'));
  const dying = { ...service, chunksSmall: { ...service.chunksSmall, send } };
  await expect(takeLogDelivery(dying, 'acme', delivery)).rejects.toThrow('killed');
  return (await service.jobs.list('acme', { limit: 1 })).jobs[0]?.id;
}

/** The event ids in a results file, in their order. */
async function idsIn(service: MemoryService, job: Parameters<typeof resultsOf>[1]): Promise<unknown[]> {
  const lines = (await resultsOf(service, job)).trim().split('\n');
  return lines
    .map((line): unknown => JSON.parse(line))
    .map((row) => typeof row === 'object' && row && 'id' in row && row.id);
}

describe("a log group's hour", () => {
  it('is one job, whose results are in the order of the first events of its deliveries', async () => {
    const service = memoryService();

    const job = await takeLogDelivery(service, 'acme', aDelivery([3, 4]));
    service.clock.advance(20 * MINUTE);
    const same = await takeLogDelivery(service, 'acme', aDelivery([1, 2]));
    await drain(service);
    const open = await jobOf(service, job);
    await sealAndDrain(service);

    expect(same.id).toBe(job.id);
    expect(open).toMatchObject({ kind: 'log-group', state: 'running', name: '/aws/ecs/app 2026-03-01T10' });
    expect(await jobOf(service, job)).toMatchObject({ state: 'completed', announced: true, tally: { accepted: 4 } });
    expect(await idsIn(service, job)).toEqual(['event-1', 'event-2', 'event-3', 'event-4']);
  });

  it('sends in the end what whoever took a delivery kept and did not send', async () => {
    const service = memoryService();

    await takeAndDie(service, aDelivery([1, 2]));
    const [job] = (await service.jobs.list('acme', { limit: 1 })).jobs;
    await sealAndDrain(service);
    service.clock.advance(120 * MINUTE);
    await sweep(service);
    await drain(service);

    expect(job && (await jobOf(service, job))).toMatchObject({ state: 'completed', tally: { accepted: 2 } });
    expect(job && (await idsIn(service, job))).toEqual(['event-1', 'event-2']);
  });

  it('counts and shows an event once that CloudWatch delivered twice', async () => {
    const service = memoryService();

    const job = await takeLogDelivery(service, 'acme', aDelivery([1, 2]));
    await takeLogDelivery(service, 'acme', aDelivery([1, 2]));
    await takeLogDelivery(service, 'acme', aDelivery([2, 3]));
    await drain(service);
    await sealAndDrain(service);

    expect(await jobOf(service, job)).toMatchObject({
      totals: { segments: 2, records: 4 },
      duplicates: 1,
      tally: { accepted: 3, rejected: 0, failed: 0 },
    });
    expect(await idsIn(service, job)).toEqual(['event-1', 'event-2', 'event-3']);
  });

  it('is another job for another tenant, group or hour', async () => {
    const service = memoryService();
    const jobs = [
      await takeLogDelivery(service, 'acme', aDelivery([1])),
      await takeLogDelivery(service, 'other', aDelivery([1])),
      await takeLogDelivery(service, 'acme', aDelivery([1], '/aws/ecs/web')),
    ];

    service.clock.advance(60 * MINUTE);
    jobs.push(await takeLogDelivery(service, 'acme', aDelivery([2])));

    expect(new Set(jobs.map(({ tenant, id }) => `${tenant}#${id}`)).size).toBe(4);
  });

  it('is that of a delivery whose chunks were not sent before it ended: the retry of the next hour goes on there', async () => {
    const service = memoryService();
    service.clock.advance(59.5 * MINUTE);
    const taken = await takeAndDie(service, aDelivery([1, 2]));

    service.clock.advance(MINUTE);
    const again = await takeLogDelivery(service, 'acme', aDelivery([1, 2]));
    await drain(service);
    for (let hour = 0; hour < 5; hour += 1) await sealAndDrain(service);

    const { jobs } = await service.jobs.list('acme', { limit: 9 });
    expect(again.id).toBe(taken);
    expect(jobs).toMatchObject([{ id: taken, state: 'completed', tally: { accepted: 2 } }]);
    expect(await idsIn(service, again)).toEqual(['event-1', 'event-2']);
  });

  it('is that of a delivery that someone brings again days later, which changes nothing', async () => {
    const service = memoryService();
    const job = await takeLogDelivery(service, 'acme', aDelivery([1, 2]));
    await drain(service);
    await sealAndDrain(service);
    service.clock.advance(3 * 24 * 60 * MINUTE);

    const again = await takeLogDelivery(service, 'acme', aDelivery([1, 2]));

    expect(again).toEqual(await jobOf(service, job));
    expect(again.state).toBe('completed');
    expect(service.chunksSmall.take()).toEqual([]);
    expect((await service.jobs.list('acme', { limit: 9 })).jobs).toHaveLength(1);
  });

  it('is a new one for a delivery that died before it was taken', async () => {
    const service = memoryService();
    const closeSegment = () => Promise.reject(new Error('killed'));
    const dying = { ...service, jobs: { ...service.jobs, closeSegment } };
    await expect(takeLogDelivery(dying, 'acme', aDelivery([1]))).rejects.toThrow('killed');
    const over = await takeLogDelivery(service, 'acme', aDelivery([2]));
    await drain(service);
    await sealAndDrain(service);

    const anew = await takeLogDelivery(service, 'acme', aDelivery([1]));
    await drain(service);
    await sealAndDrain(service);

    expect(await idsIn(service, over)).toEqual(['event-2']);
    expect(await idsIn(service, anew)).toEqual(['event-1']);
  });

  it('is a new one for a delivery whose job failed', async () => {
    const service = memoryService();
    const failed = await takeLogDelivery(service, 'acme', aDelivery([1]));
    await service.jobs.update('acme', failed.id, ['running'], { state: 'failed' });
    service.clock.advance(60 * MINUTE);

    const anew = await takeLogDelivery(service, 'acme', aDelivery([1]));
    await drain(service);
    await sealAndDrain(service);

    expect(await idsIn(service, anew)).toEqual(['event-1']);
  });

  it('stays open until ten minutes after it ended', async () => {
    const service = memoryService();
    const job = await takeLogDelivery(service, 'acme', aDelivery([1]));
    await drain(service);

    service.clock.advance(65 * MINUTE);
    await sweep(service);
    await drain(service);
    const before = (await jobOf(service, job)).state;
    service.clock.advance(11 * MINUTE);
    await sweep(service);
    await drain(service);

    expect(before).toBe('running');
    expect((await jobOf(service, job)).state).toBe('completed');
  });

  it('waits, once sealed, for its last chunk; a chunk that fails is replayed', async () => {
    const service = memoryService();
    const job = await takeLogDelivery(service, 'acme', aDelivery([1, 2]));
    await takeLogDelivery(service, 'acme', aDelivery([3]));
    const [late, ...others] = service.chunksSmall.take();
    if (late === undefined) throw new Error('a chunk');
    await service.chunksSmall.send(others);
    await sealAndDrain(service);
    const sealed = await jobOf(service, job);

    await handleDeadChunk(service, late, 'gone');
    await drain(service);
    const failed = await jobOf(service, job);
    await replayJob(service, 'acme', job.id);
    await drain(service);

    expect(sealed).toMatchObject({ state: 'running', totals: { segments: 2, chunks: 2, records: 3 } });
    expect(failed).toMatchObject({ state: 'completed-with-failures', tally: { accepted: 1, failed: 2 } });
    expect(await jobOf(service, job)).toMatchObject({ state: 'completed', tally: { accepted: 3, failed: 0 } });
  });

  it('takes no delivery once it is over', async () => {
    const service = memoryService();
    const job = await takeLogDelivery(service, 'acme', aDelivery([1]));
    await service.jobs.update('acme', job.id, ['running'], { state: 'failed' });

    await expect(takeLogDelivery(service, 'acme', aDelivery([2]))).rejects.toMatchObject({ code: 'log-job-over' });
  });
});

describe('cutLines', () => {
  it('cuts by records and by bytes, without gaps', () => {
    const body = Buffer.from('a\nbb\nccc\ndddd\n');

    const chunks = cutLines(body, { chunkRecords: 2, chunkBytes: 8, segmentBytes: 1, anomalyThreshold: 0.5 });

    expect(chunks).toEqual([
      { start: 0, end: 5, records: 2, firstRow: 1, firstLine: 1 },
      { start: 5, end: 9, records: 1, firstRow: 3, firstLine: 3 },
      { start: 9, end: 14, records: 1, firstRow: 4, firstLine: 4 },
    ]);
  });
});

describe('recentIds', () => {
  it('forgets only ids that are more than a generation back', () => {
    const ids = recentIds(2);

    const added = ['a', 'b', 'c', 'a', 'd', 'e', 'b'].map((id) => ids.add(id));

    expect(added).toEqual([true, true, true, false, true, true, true]);
  });
});

describe('resultsWriter', () => {
  it('writes a large file in parts and counts its bytes', async () => {
    const objects = memoryObjectStore(fakeClock());
    const writer = resultsWriter(objects, 'data', 'key', 'text/csv');
    const line = `${'ü'.repeat(1_000_000)}\n`;

    for (let count = 0; count < 20; count += 1) await writer.write(line);
    const results = await writer.close();

    expect(results.bytes).toBe(20 * 2_000_001);
    expect(await textOf(await objects.read(results))).toBe(line.repeat(20));
  });
});
