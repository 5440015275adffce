import { describe, expect, it } from 'vitest';
import { ingestSource } from '../../../lib/ingest/ingest-source.ts';
import { checkSegment } from '../../../lib/jobs/check-segment.ts';
import { handleDeadChunk, handleDeadLetter } from '../../../lib/jobs/dead-letters.ts';
import { finish } from '../../../lib/jobs/finish-job.ts';
import { uploadKey } from '../../../lib/jobs/keys.ts';
import { processChunk } from '../../../lib/jobs/process-chunk.ts';
import { replayJob } from '../../../lib/jobs/replay.ts';
import { submitBatch } from '../../../lib/jobs/submit-batch.ts';
import { sweep } from '../../../lib/jobs/sweep.ts';
import { createUpload } from '../../../lib/jobs/uploads.ts';
import type { Segment } from '../../../lib/ports.ts';
import { aChunk, aJob, aJobId, aTenant } from '../../factories/jobs.ts';
import { cutSource, ingestCut } from '../../fakes/cut-source.ts';
import { drain, forever, jobOf } from '../../fakes/run-service.ts';
import { type MemoryService, memoryService } from '../../fakes/service.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const owner = { tenant: aTenant, id: aJobId };
const source = () => cutSource([[['app,a ended', 'app,b ended']], [['app,c ended']]]);

/** A job all of whose chunks are judged and none of whose `finished` was heard. */
async function judgedOnly(): Promise<MemoryService> {
  const service = memoryService();
  await service.jobs.create(aJob());
  await ingestCut(service, aJob(), source());
  for (const chunk of service.chunksBulk.take()) await processChunk(service, chunk, forever);
  service.finished.take();
  return service;
}

async function sweepLater(service: MemoryService, ms: number): Promise<number> {
  service.clock.advance(ms);
  const looked = await sweep(service);
  await drain(service);
  return looked;
}

/** The orders to read that it sends in so many minutes, one sweep every five. */
async function sweepEvery5(service: MemoryService, minutes: number) {
  for (let passed = 0; passed < minutes; passed += 5) {
    service.clock.advance(5 * MINUTE);
    await sweep(service);
  }
  return service.ingestOrders.take();
}

describe('the sweep', () => {
  it('ends a job whose `finished` was lost, once it has been idle for ten minutes', async () => {
    const service = await judgedOnly();

    const early = await sweepLater(service, 9 * MINUTE);
    const late = await sweepLater(service, 2 * MINUTE);

    expect([early, late]).toEqual([0, 1]);
    expect((await jobOf(service, owner)).state).toBe('completed');
    expect(await sweepLater(service, HOUR)).toBe(0);
  });

  it('ends a job whose last `finished` died between rendering and ending', async () => {
    const service = await judgedOnly();
    const dying = {
      ...service,
      jobs: { ...service.jobs, segments: () => Promise.reject(new Error('died')) },
    };
    for (const segment of [0, 1])
      await expect(finish(dying, { tenant: aTenant, jobId: aJobId, segment })).rejects.toThrow('died');

    await sweepLater(service, 11 * MINUTE);

    expect((await jobOf(service, owner)).state).toBe('completed');
  });

  it('ends a job whose results were completed by a renderer that died, and which another did not begin anew', async () => {
    const service = await judgedOnly();
    const last = { tenant: aTenant, jobId: aJobId, segment: 1 };
    await finish(service, { ...last, segment: 0 });
    const update: typeof service.jobs.update = (tenant, id, from, change, guard) =>
      change.results === undefined
        ? service.jobs.update(tenant, id, from, change, guard)
        : Promise.reject(new Error('died'));
    const dying = { ...service, jobs: { ...service.jobs, update } };
    const putPart: typeof service.objects.putPart = async (...part) => {
      await expect(finish(dying, last)).rejects.toThrow('died');
      return service.objects.putPart(...part);
    };

    await finish({ ...service, objects: { ...service.objects, putPart } }, last);
    await sweepLater(service, 11 * MINUTE);

    expect(await jobOf(service, owner)).toMatchObject({ state: 'completed', tally: { accepted: 3 } });
    expect((await jobOf(service, owner)).renewals).toBeUndefined();
  });

  it('announces an end that was not announced', async () => {
    const service = await judgedOnly();
    const mute = { ...service, events: { jobFinished: () => Promise.reject(new Error('died')) } };
    const message = { tenant: aTenant, jobId: aJobId };
    await finish(service, { ...message, segment: 0 });
    await expect(finish(mute, { ...message, segment: 1 })).rejects.toThrow('died');

    await sweepLater(service, 11 * MINUTE);

    expect(service.events.announced.map(({ state }) => state)).toEqual(['completed']);
  });

  it('sends the failed chunks of a replay that died before it sent them, once', async () => {
    const service = memoryService();
    await service.jobs.create(aJob());
    await ingestCut(service, aJob(), source());
    for (const chunk of service.chunksBulk.take()) await handleDeadChunk(service, chunk, 'dead');
    await drain(service);
    const dying = { ...service, chunksBulk: { send: () => Promise.reject(new Error('died')) } };
    await expect(replayJob(dying, aTenant, aJobId)).rejects.toThrow('died');

    service.clock.advance(11 * MINUTE);
    await sweep(service);
    const sent = service.chunksBulk.take();
    service.clock.advance(11 * MINUTE);
    await sweep(service);

    expect(sent.map(({ segment, replay }) => ({ segment, replay }))).toEqual([
      { segment: 0, replay: 1 },
      { segment: 1, replay: 1 },
    ]);
    expect(service.chunksBulk.take()).toEqual([]);
    await service.chunksBulk.send(sent);
    await drain(service);
    expect(await jobOf(service, owner)).toMatchObject({ state: 'completed', tally: { accepted: 3 } });
  });

  it('orders the reading of a source again when nothing was read for an hour', async () => {
    const service = memoryService();
    const body = Buffer.from('{"message":"one ended"}\n');
    const job = await submitBatch(service, { tenant: aTenant, body });
    service.ingestOrders.take();

    await sweepLater(service, 61 * MINUTE);

    expect((await jobOf(service, job)).state).toBe('completed');
  });

  it('orders it once, though it comes by every five minutes, and again when that too was for nothing', async () => {
    const service = memoryService();
    await submitBatch(service, { tenant: aTenant, body: Buffer.from('{"message":"one ended"}\n') });
    service.ingestOrders.take();

    const first = await sweepEvery5(service, 75);
    const quiet = await sweepEvery5(service, 45);
    const second = await sweepEvery5(service, 30);

    expect([first, quiet, second].map((orders) => orders.length)).toEqual([1, 0, 1]);
  });

  it('does not order it again while a slow reader is at work', async () => {
    const service = memoryService();
    const job = await submitBatch(service, { tenant: aTenant, body: Buffer.from('{"message":"one ended"}\n') });
    service.ingestOrders.take();
    const outOfTime = { remainingMs: () => 0 };
    const ports = { ...service, checkSegment: (...of: [typeof job, Segment]) => checkSegment(service, ...of) };

    const orders: unknown[] = [];
    for (let run = 0; run < 6; run += 1) {
      await expect(ingestSource(ports, job, undefined, outOfTime)).rejects.toMatchObject({ code: 'no-time' });
      orders.push(...(await sweepEvery5(service, 40)));
    }

    expect(orders).toEqual([]);
  });

  it('begins an upload whose event was lost, and ends one whose bytes never came', async () => {
    const service = memoryService();
    const arrived = await createUpload(service, { tenant: aTenant, name: 'a.csv', bytes: 5 });
    const missing = await createUpload(service, { tenant: aTenant, name: 'b.csv', bytes: 5 });
    await service.objects.put('uploads', uploadKey(arrived.job), 'source,message\napp,x ended\n');

    await sweepLater(service, 11 * MINUTE);
    const waiting = await jobOf(service, missing.job);
    await sweepLater(service, 3 * HOUR);

    expect((await jobOf(service, arrived.job)).state).toBe('completed');
    expect(waiting.state).toBe('awaiting-upload');
    expect(await jobOf(service, missing.job)).toMatchObject({ state: 'failed', error: { code: 'upload-expired' } });
  });

  it('gives every job its turn when one cannot be read', async () => {
    const service = await judgedOnly();
    const broken = aJob({ id: 'z'.repeat(26) });
    await service.jobs.create(broken);
    const get = service.jobs.get;
    const jobs = {
      ...service.jobs,
      idle: async (before: string, limit: number) =>
        (await service.jobs.idle(before, limit)).toSorted((a, b) => (a.jobId < b.jobId ? 1 : -1)),
      get: async (tenant: string, id: string) => {
        if (id === broken.id) throw new Error('an item of another shape');
        return get(tenant, id);
      },
    };
    service.clock.advance(11 * MINUTE);

    const told: string[] = [];
    const swept = sweep({ ...service, jobs }, (jobId) => told.push(jobId));
    await expect(swept).rejects.toThrow('an item of another shape');
    await drain(service);

    expect(told).toEqual([broken.id]);
    expect((await jobOf(service, owner)).state).toBe('completed');
  });

  it('gives a job that is replayed after a week the time of a new one', async () => {
    const service = memoryService();
    await service.jobs.create(aJob());
    await ingestCut(service, aJob(), source());
    const [bad, ...good] = service.chunksBulk.take();
    if (bad === undefined) throw new Error('chunks');
    await service.chunksBulk.send(good);
    await handleDeadChunk(service, bad, 'dead');
    await drain(service);
    service.clock.advance(10 * 24 * HOUR);

    await replayJob(service, aTenant, aJobId);
    const chunks = service.chunksBulk.take();
    await sweepLater(service, 11 * MINUTE);
    const waiting = await jobOf(service, owner);
    await service.chunksBulk.send(chunks);
    await drain(service);

    expect(waiting.state).toBe('running');
    expect(await jobOf(service, owner)).toMatchObject({ state: 'completed', tally: { accepted: 3 } });
  });

  it('gives a job up that has not ended within a week', async () => {
    const service = memoryService();
    await service.jobs.create(aJob());

    await sweepLater(service, 8 * 24 * HOUR);

    expect(await jobOf(service, owner)).toMatchObject({ state: 'failed', announced: true, error: { code: 'stalled' } });
  });
});

describe('a dead letter', () => {
  const failedBy = async (body: unknown, service = memoryService()) => {
    const outcome = await handleDeadLetter(service, body);
    await drain(service);
    return outcome;
  };

  it('of a chunk fails the chunk', async () => {
    const service = memoryService();
    await service.jobs.create(aJob());

    const outcome = await failedBy(aChunk(), service);

    expect(outcome).toBe('chunk-failed');
    expect(await service.jobs.failedChunks(aTenant, aJobId)).toEqual([aChunk()]);
    expect(await failedBy(aChunk({ jobId: '9'.repeat(26) }), service)).toBe('chunk-failed');
  });

  it('of an order to read fails the job', async () => {
    const service = memoryService();
    await service.jobs.create(aJob());

    const outcome = await failedBy({ tenant: aTenant, jobId: aJobId }, service);

    expect(outcome).toBe('job-failed');
    expect(await jobOf(service, owner)).toMatchObject({ state: 'failed', error: { code: 'ingest-given-up' } });
    expect(service.events.announced).toHaveLength(1);
  });

  it("of the bucket's event fails the job it would have made, and shows it", async () => {
    const service = memoryService();
    const object = { key: 'incoming/acme/app.csv', versionId: 'v1' };
    const record = { eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'uploads' }, object } };
    const quarantined = { ...record, s3: { ...record.s3, object: { key: 'incoming/x' } } };

    const outcome = await failedBy({ Records: [record, quarantined] }, service);

    const { jobs } = await service.jobs.list('acme', { limit: 9 });
    expect(outcome).toBe('job-failed');
    expect(jobs).toMatchObject([{ name: 'app.csv', state: 'failed', error: { code: 'ingest-given-up' } }]);
  });

  it('of a `finished` is left to the sweep, and a foreign one to nobody', async () => {
    expect(await failedBy({ tenant: aTenant, jobId: aJobId, segment: 0 })).toBe('left-to-sweep');
    expect(await failedBy({ some: 'thing' })).toBe('not-ours');
    expect(await failedBy('text')).toBe('not-ours');
  });

  it('does not hurt the other chunks', async () => {
    const service = memoryService();
    await service.jobs.create(aJob());
    await ingestCut(service, aJob(), source());
    const [bad, ...good] = service.chunksBulk.take();

    await expect(handleDeadLetter(service, { ...bad, end: 'x' })).resolves.toBe('not-ours');
    await service.chunksBulk.send(good);
    await handleDeadLetter(service, bad);
    await drain(service);

    expect(await jobOf(service, owner)).toMatchObject({
      state: 'completed-with-failures',
      tally: { accepted: 1, failed: 2 },
    });
  });
});
