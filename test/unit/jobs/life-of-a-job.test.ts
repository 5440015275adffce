import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Chunk, Finished } from '../../../lib/domain/chunk.ts';
import { Fault, InvalidInput } from '../../../lib/domain/errors.ts';
import { listVerdicts } from '../../../lib/jobs/ask/list-verdicts.ts';
import { resendsOf } from '../../../lib/jobs/check-segment.ts';
import { handleDeadChunk } from '../../../lib/jobs/dead-letters.ts';
import { finish } from '../../../lib/jobs/finish-job.ts';
import { resultsKey } from '../../../lib/jobs/keys.ts';
import { processChunk } from '../../../lib/jobs/process-chunk.ts';
import { replayJob } from '../../../lib/jobs/replay.ts';
import { sweep } from '../../../lib/jobs/sweep.ts';
import { recordsOf } from '../../../lib/jobs/tally.ts';
import { aChunk, aJob, aJobId, aTenant } from '../../factories/jobs.ts';
import { fakeCascade } from '../../fakes/cascade.ts';
import { type CutSource, cutSource, ingestCut } from '../../fakes/cut-source.ts';
import { drain, forever, jobOf, resultsOf as resultsOfJob } from '../../fakes/run-service.ts';
import { type MemoryService, memoryService, troubled } from '../../fakes/service.ts';
import { Crash, seeded } from '../../fakes/unreliable.ts';

const lines = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => `app,worker ${from + index} of pool ${'abc'[index % 3]} ended`);
const threeSegments = () =>
  cutSource([
    [lines(1, 3), ['app,"too","many","fields"', ...lines(4, 2)]],
    [lines(6, 4)],
    [lines(10, 1), lines(11, 2)],
  ]);
const oneSegment = () => cutSource([[lines(1, 3), lines(4, 3)]]);

const owner = { tenant: aTenant, id: aJobId };
const question = { tenant: aTenant, jobId: aJobId };
const theJob = (service: MemoryService) => jobOf(service, owner);
const resultsOf = (service: MemoryService) => resultsOfJob(service, owner);

async function runUndisturbed(source: CutSource, service = memoryService()): Promise<MemoryService> {
  await service.jobs.create(aJob());
  await ingestCut(service, aJob(), source);
  await drain(service);
  return service;
}

describe('a job', () => {
  it('of one segment ends with one results file and exact counts', async () => {
    const service = await runUndisturbed(oneSegment());

    const job = await theJob(service);
    const results = await resultsOf(service);

    expect(job).toMatchObject({ state: 'completed', announced: true, tally: { accepted: 6, rejected: 0, failed: 0 } });
    expect(results.split('\n')).toHaveLength(8);
    expect(results.startsWith('source,message,target_label,')).toBe(true);
    expect(job.results?.bytes).toBe(Buffer.byteLength(results));
    expect(service.events.announced.map(({ state }) => state)).toEqual(['completed']);
  });

  it('of many segments gives the exact concatenation of what its segments give', async () => {
    const service = await runUndisturbed(threeSegments());
    const whole = await runUndisturbed(cutSource([[threeSegments().lines]]));

    expect(await resultsOf(service)).toBe(await resultsOf(whole));
    expect((await theJob(service)).tally).toEqual((await theJob(whole)).tally);
    expect((await theJob(service)).tally).toMatchObject({ accepted: 12, rejected: 1, failed: 0 });
  });

  it('keeps a rejected row in its place with its row, line and reason', async () => {
    const service = await runUndisturbed(threeSegments());

    const rows = (await resultsOf(service)).split('\n');

    expect(rows[4]).toContain('rejected row 4 (line 5)');
  });

  it('shows what was judged first when a chunk comes again and the cascade now answers differently', async () => {
    const source = oneSegment();
    const first = await runUndisturbed(source);
    const service = memoryService();
    await service.jobs.create(aJob());
    await ingestCut(service, aJob(), source);
    const [one, other] = service.chunksBulk.take();
    if (one === undefined || other === undefined) throw new Error('two chunks');
    const lost = { ...service, jobs: { ...service.jobs, chunkDone: () => Promise.reject(new Fault('died', 'died')) } };

    await expect(processChunk(lost, one, forever)).rejects.toThrow('died');
    await processChunk({ ...service, cascade: fakeCascade('other') }, one, forever);
    await processChunk(service, other, forever);
    await drain(service);
    await processChunk({ ...service, cascade: fakeCascade('late') }, other, forever);
    await drain(service);

    expect(await resultsOf(service)).toBe(await resultsOf(first));
    expect((await theJob(service)).tally).toEqual((await theJob(first)).tally);
  });

  it('asks the cascade once for records that are alike', async () => {
    const cascade = fakeCascade();
    await runUndisturbed(
      cutSource([[Array.from({ length: 50 }, (_, index) => `app,worker ${index} ended`)]]),
      memoryService({ cascade }),
    );

    expect(cascade.asked).toHaveLength(1);
  });

  it('says so in the rows of a chunk that failed, and completes when it is replayed', async () => {
    const source = threeSegments();
    const service = memoryService();
    await service.jobs.create(aJob());
    await ingestCut(service, aJob(), source);
    const [bad, ...good] = service.chunksBulk.take();
    if (bad === undefined) throw new Error('chunks');
    for (const chunk of good) await processChunk(service, chunk, forever);
    await handleDeadChunk(service, bad, 'out of memory');
    await drain(service);
    const failed = await theJob(service);
    const failedRows = (await resultsOf(service)).split('\n').filter((row) => row.includes('not judged'));

    await replayJob(service, aTenant, aJobId);
    await handleDeadChunk(service, bad, 'said again, late');
    await drain(service);

    expect(failed).toMatchObject({ state: 'completed-with-failures', tally: { accepted: 9, rejected: 1, failed: 3 } });
    expect(failedRows).toHaveLength(3);
    expect(await theJob(service)).toMatchObject({ state: 'completed', replays: 1, tally: { accepted: 12, failed: 0 } });
    expect(await resultsOf(service)).toBe(await resultsOf(await runUndisturbed(source)));
    expect(service.events.announced.map(({ state }) => state)).toEqual(['completed-with-failures', 'completed']);
  });

  it('refuses a replay whose first rows are no longer kept, and leaves the results', async () => {
    const service = memoryService();
    const results = { bucket: 'data', key: 'results', bytes: 9 };
    const totals = { segments: 2, chunks: 2, records: 2 };
    await service.jobs.create(aJob({ state: 'completed-with-failures', totals, results }));
    await service.jobs.chunkDone(aChunk({ segment: 1 }), { accepted: 1, rejected: 0 });

    const replay = replayJob(service, aTenant, aJobId);

    await expect(replay).rejects.toMatchObject({ code: 'nothing-to-replay', status: 409 });
    expect(await theJob(service)).toMatchObject({ state: 'completed-with-failures', results });
  });

  it('refuses a replay when nothing failed', async () => {
    const service = await runUndisturbed(oneSegment());

    await expect(replayJob(service, aTenant, aJobId)).rejects.toMatchObject({ code: 'nothing-to-replay', status: 409 });
    await expect(replayJob(service, 'other', aJobId)).rejects.toMatchObject({ code: 'job-missing', status: 404 });
  });

  it('whose chunk holds other records than ingest counted does not go on', async () => {
    const source = oneSegment();
    const service = memoryService();
    await service.jobs.create(aJob());
    await ingestCut(service, aJob(), source);
    const [chunk] = service.chunksBulk.take();
    if (chunk === undefined) throw new Error('a chunk');

    const processing = processChunk(service, { ...chunk, records: 2 }, forever);

    await expect(processing).rejects.toMatchObject({ kind: 'fault', code: 'records-differ' });
    await drain(service);
    expect((await theJob(service)).state).toBe('running');
  });
});

type Message =
  | { kind: 'ingest' }
  | { kind: 'chunk'; chunk: Chunk }
  | { kind: 'dead'; chunk: Chunk }
  | { kind: 'finished'; message: Finished }
  | { kind: 'replay' }
  | { kind: 'abort' }
  | { kind: 'sweep' };

const CRASHES = 12;
/** A crash in the sweep costs a round: there are more of them than crashes. */
const ROUNDS = CRASHES + 2;

interface Disturbance {
  /** Which chunks are given up on in the first run; a replay judges them. */
  readonly dead?: readonly number[];
  /** They are judged as well, before or after. */
  readonly comeThrough?: boolean;
  /** How many different answers the cascade gives to the same text. */
  readonly moods?: number;
  /** How often S3 aborts the upload of the results, at any time. */
  readonly aborts?: number;
  /** How often, when all is quiet, the sweep comes by and the owner asks for a replay. */
  readonly rounds?: number;
}

/** Delivers in a random order, some at once, some twice, with crashes before and after writes, until nothing is left. */
async function runDisturbed(
  source: CutSource,
  seed: number,
  { dead = [], comeThrough = false, moods = 1, aborts = 0, rounds = 0 }: Disturbance = {},
): Promise<MemoryService> {
  const random = seeded(seed);
  const service = memoryService();
  let crashes = CRASHES;
  const dies = () => crashes > 0 && random() < 0.08 && crashes-- > 0;
  const ports = troubled(service, { diesBefore: dies, diesAfter: dies, turns: () => Math.floor(random() * 6) });
  await service.jobs.create(aJob());
  const deliver = async (message: Message): Promise<void> => {
    const cascade = fakeCascade(String(Math.floor(random() * moods)));
    if (message.kind === 'ingest') return ingestCut(ports, aJob(), source);
    if (message.kind === 'dead') return handleDeadChunk(ports, message.chunk, 'dead');
    if (message.kind === 'finished') return finish(ports, message.message);
    if (message.kind === 'replay') return replayOnce(ports);
    if (message.kind === 'abort') return abortResults(service);
    if (message.kind === 'sweep') return void (await sweep(ports));
    await processChunk({ ...ports, cascade }, message.chunk, forever);
  };
  const waiting: Message[] = [{ kind: 'ingest' }];
  let repeats = 25;
  let lost = 0;
  for (let round = 0; round < rounds || waiting.length > 0; ) {
    if (waiting.length === 0) {
      // All is quiet: either the job is over, or what a crash left undone is found by the sweep.
      round += 1;
      service.clock.advance(11 * 60_000);
      waiting.push({ kind: 'sweep' }, { kind: 'replay' });
    }
    const some = Array.from({ length: 1 + Math.floor(random() * 4) }, () =>
      waiting.splice(Math.floor(random() * waiting.length), 1),
    ).flat();
    const ended = await Promise.allSettled(some.map(deliver));
    for (const [index, outcome] of ended.entries()) {
      const message = some[index];
      if (message === undefined) continue;
      if (outcome.status === 'rejected' && !(outcome.reason instanceof Crash)) throw outcome.reason;
      if (outcome.status === 'rejected' || (random() < 0.2 && repeats-- > 0)) waiting.push(message);
    }
    for (const chunk of service.chunksBulk.take()) {
      const index = source.chunks.findIndex(({ start }) => start === chunk.start);
      const isDead = chunk.replay === undefined && dead.includes(index);
      if (isDead) waiting.push({ kind: 'dead', chunk });
      if (!isDead || comeThrough) waiting.push({ kind: 'chunk', chunk });
    }
    for (const message of service.finished.take()) waiting.push({ kind: 'finished', message });
    if (lost < aborts && random() < 0.1) {
      lost += 1;
      waiting.push({ kind: 'abort' });
    }
  }
  return service;
}

describe('a job whose deliveries come in any order, at once, again, and die on the way', () => {
  // One seed, so that every run of the tests is the same; thousands of others were tried when this was written.
  const runs = { numRuns: 60, seed: 1 };

  it.each([
    ['one segment', oneSegment],
    ['three segments', threeSegments],
  ])('of %s ends once, with the same results and the same tallies', async (_name, source) => {
    const expected = await runUndisturbed(source());
    const results = await resultsOf(expected);
    const { tally } = await theJob(expected);

    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const service = await runDisturbed(source(), seed);

        expect(await resultsOf(service)).toBe(results);
        expect(await theJob(service)).toMatchObject({ state: 'completed', tally, announced: true });
        expect(endings(service)).toEqual(['completed']);
        expect(service.events.announced.length).toBeGreaterThan(0);
      }),
      runs,
    );
  });

  it('comes to the results of a job in which nothing failed, once it is replayed', async () => {
    const results = await resultsOf(await runUndisturbed(threeSegments()));

    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.uniqueArray(fc.nat({ max: 4 }), { minLength: 1 }), async (seed, dead) => {
        const service = await runDisturbed(threeSegments(), seed, { dead, rounds: ROUNDS });

        expect(await theJob(service)).toMatchObject({ state: 'completed', announced: true, replays: 1 });
        expect(endings(service)).toEqual(['completed-with-failures', 'completed']);
        expect(await resultsOf(service)).toBe(results);
      }),
      runs,
    );
  });

  it('comes to the same whenever S3 aborts the upload of its results', async () => {
    const results = await resultsOf(await runUndisturbed(threeSegments()));
    let renewed = 0;

    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.uniqueArray(fc.nat({ max: 4 })), async (seed, dead) => {
        const service = await runDisturbed(threeSegments(), seed, { dead, aborts: 3, rounds: ROUNDS });

        const job = await theJob(service);
        renewed += job.renewals ?? 0;
        const ends = dead.length === 0 ? ['completed'] : ['completed-with-failures', 'completed'];
        expect(job).toMatchObject({ state: 'completed', announced: true });
        expect(resendsOf(job)).toBe(ends.length - 1);
        expect(endings(service)).toEqual(ends);
        expect(await resultsOf(service)).toBe(results);
      }),
      runs,
    );
    expect(renewed).toBeGreaterThan(20);
  });

  it('counts what it shows, whichever chunks die, some of which come through after all with other answers', async () => {
    const chunks = fc.uniqueArray(fc.nat({ max: 4 }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(fc.integer(), chunks, fc.boolean(), async (seed, dead, comeThrough) => {
        const service = await runDisturbed(threeSegments(), seed, { dead, comeThrough, moods: 3 });

        const job = await theJob(service);
        const results = await resultsOf(service);
        const shown = results.trim().split('\n').slice(1);
        const count = (of: (row: string) => boolean) => shown.filter(of).length;
        expect(endings(service)).toEqual([job.state]);
        expect(job.tally && recordsOf(job.tally)).toBe(job.totals?.records);
        expect(job.results?.bytes).toBe(Buffer.byteLength(results));
        expect(count((row) => row.includes('not judged'))).toBe(job.tally?.failed);
        expect(count((row) => row.includes('rejected row'))).toBe(job.tally?.rejected);
        expect(count((row) => row.includes(',true,'))).toBe(job.tally?.anomalies);
        for (const [category, records] of Object.entries(job.tally?.byCategory ?? {}))
          expect(count((row) => row.includes(`,${category},`))).toBe(records);
        const listed = await listVerdicts(service, { ...question, limit: 100 });
        expect(listed.rows.length).toBe(shown.length - (job.tally?.failed ?? 0));
        if (!comeThrough) expect(job.state).toBe('completed-with-failures');
      }),
      { numRuns: 150, seed: 1 },
    );
  });
});

async function abortResults(service: MemoryService): Promise<void> {
  const job = await theJob(service);
  if (job.multipartId !== undefined)
    await service.objects.abortMultipart(service.dataBucket, resultsKey(job), job.multipartId);
}

/** A second replay, or one of a job that runs, is refused: that is as it should be. */
async function replayOnce(ports: MemoryService): Promise<void> {
  try {
    await replayJob(ports, aTenant, aJobId);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
  }
}

/** The states a job ended in, from the changes that were made to it. */
function endings(service: MemoryService): string[] {
  const states = service.jobs.changes.map(({ state }) => state);
  return states.filter((state, index) => state.startsWith('completed') && states[index - 1] !== state);
}
