import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listJobs, viewJob } from '../../../lib/jobs/ask/job-view.ts';
import { linkResults } from '../../../lib/jobs/ask/link-results.ts';
import { listPatterns } from '../../../lib/jobs/ask/list-patterns.ts';
import { listVerdicts, type RowView, type VerdictQuestion } from '../../../lib/jobs/ask/list-verdicts.ts';
import { handleDeadChunk } from '../../../lib/jobs/dead-letters.ts';
import { patternCounter } from '../../../lib/jobs/pattern-counts.ts';
import { processChunk } from '../../../lib/jobs/process-chunk.ts';
import { aDecision, aJob, aJobId, aTenant } from '../../factories/jobs.ts';
import { cutSource, ingestCut } from '../../fakes/cut-source.ts';
import { drain, forever, jobOf, resultsOf } from '../../fakes/run-service.ts';
import { type MemoryService, memoryService } from '../../fakes/service.ts';

const verbs = ['ended', 'began', 'paused', 'was resumed', 'was lost', 'was found'];
const lines = (from: number, count: number) =>
  Array.from(
    { length: count },
    (_, index) => `app,the worker ${verbs[(from + index) % verbs.length]} at ${from + index}`,
  );
const source = () =>
  cutSource([[lines(1, 5), ['app,too,many', ...lines(6, 3)]], [lines(9, 4), lines(13, 2)], [lines(15, 1)]]);

async function theJobDone(): Promise<MemoryService> {
  const service = memoryService();
  await service.jobs.create(aJob());
  await ingestCut(service, aJob(), source());
  await drain(service);
  return service;
}

async function allVerdicts(service: MemoryService, question: Partial<VerdictQuestion> = {}): Promise<RowView[]> {
  const rows: RowView[] = [];
  let cursor: string | undefined;
  do {
    const page = await listVerdicts(service, { tenant: aTenant, jobId: aJobId, limit: 3, ...question, cursor });
    rows.push(...page.rows);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return rows;
}

describe('the verdicts of a job', () => {
  it('come in the order of the source, every row once, whatever the page size', async () => {
    const service = await theJobDone();

    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 20 }), async (limit) => {
        const rows = await allVerdicts(service, { limit });

        expect(rows.map(({ row }) => row)).toEqual(Array.from({ length: 16 }, (_, index) => index + 1));
      }),
      { numRuns: 20, seed: 1 },
    );
  });

  it('hold rejected rows with row, line and reason', async () => {
    const [rejected] = (await allVerdicts(await theJobDone())).filter((row) => 'rejection' in row);

    expect(rejected).toMatchObject({ row: 6, line: 7, rejection: expect.stringContaining('3') });
  });

  it('are those that were asked for by category, stage, anomaly and pattern, together all of them', async () => {
    const service = await theJobDone();
    const judged = (await allVerdicts(service)).flatMap((row) => ('verdict' in row ? [row] : []));
    const split = async <Value>(values: readonly Value[], question: (value: Value) => Partial<VerdictQuestion>) => {
      const found = await Promise.all([...new Set(values)].map((value) => allVerdicts(service, question(value))));
      return found.flat().sort((one, other) => one.row - other.row);
    };

    expect(
      await split(
        judged.map(({ verdict }) => verdict.category),
        (category) => ({ category }),
      ),
    ).toEqual(judged);
    expect(
      await split(
        judged.map(({ verdict }) => verdict.stage),
        (stage) => ({ stage }),
      ),
    ).toEqual(judged);
    expect(
      await split(
        judged.map(({ verdict }) => verdict.patternId),
        (pattern) => ({ pattern }),
      ),
    ).toEqual(judged);
    expect(await split([true, false], (anomaly) => ({ anomaly }))).toEqual(judged);
    expect(await allVerdicts(service, { category: 'None' })).toEqual([]);
  });

  it('are read under another threshold when asked', async () => {
    const service = await theJobDone();

    const all = await allVerdicts(service, { threshold: 0, anomaly: true });

    expect(all).toHaveLength(15);
    expect(all.every((row) => 'verdict' in row && row.verdict.anomaly.threshold === 0)).toBe(true);
  });

  it('need a cursor of the same question', async () => {
    const service = await theJobDone();
    const question = { tenant: aTenant, jobId: aJobId, limit: 2 };
    const { cursor } = await listVerdicts(service, question);

    for (const other of [
      { ...question, category: 'x' },
      { ...question, threshold: 0.2 },
    ])
      await expect(listVerdicts(service, { ...other, cursor })).rejects.toMatchObject({ code: 'cursor' });
    await expect(listVerdicts(service, { ...question, cursor: 'nonsense' })).rejects.toMatchObject({ code: 'cursor' });
    await expect(listVerdicts(service, { ...question, tenant: 'other' })).rejects.toMatchObject({ status: 404 });
  });

  it('show a chunk when it is done and not before, and keep what failed out', async () => {
    const service = memoryService();
    await service.jobs.create(aJob());
    await ingestCut(service, aJob(), source());
    const [first, second, ...rest] = service.chunksBulk.take();
    if (first === undefined || second === undefined) throw new Error('chunks');
    const dying = { ...service, jobs: { ...service.jobs, chunkDone: () => Promise.reject(new Error('died')) } };
    await expect(processChunk(dying, first, forever)).rejects.toThrow('died');
    await processChunk(service, second, forever);
    const early = await allVerdicts(service);

    await service.chunksBulk.send(rest);
    await handleDeadChunk(service, first, 'dead');
    await drain(service);

    expect(early.map(({ row }) => row)).toEqual([6, 7, 8, 9]);
    expect((await allVerdicts(service)).map(({ row }) => row)).toEqual([6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
  });
});

describe('a job as its owner sees it', () => {
  it('has counts that add up, by stage and category too, and agrees with its results file', async () => {
    const service = await theJobDone();

    const view = await viewJob(service, aTenant, aJobId);

    const sum = (counts: Readonly<Record<string, number>>) =>
      Object.values(counts).reduce((total, count) => total + count, 0);
    expect(view).toMatchObject({
      state: 'completed',
      progress: 1,
      counts: { found: 16, accepted: 15, rejected: 1, failed: 0 },
    });
    expect([view.byCategory, view.byStage, view.bySeverity].map(sum)).toEqual([15, 15, 15]);
    const shown = (await resultsOf(service, { tenant: aTenant, id: aJobId })).split('\n');
    expect(shown.filter((row) => row.includes(',true,'))).toHaveLength(view.anomalies);
  });

  it('shows while it runs what was found and judged so far', async () => {
    const service = memoryService();
    await service.jobs.create(aJob());
    const before = await viewJob(service, aTenant, aJobId);
    await ingestCut(service, aJob(), source());
    const read = await viewJob(service, aTenant, aJobId);
    for (const chunk of service.chunksBulk.take().slice(0, 2)) await processChunk(service, chunk, forever);

    const half = await viewJob(service, aTenant, aJobId);
    const listed = await listJobs(service, aTenant, { limit: 1 });

    expect(before).toMatchObject({ counts: { found: 0, accepted: 0 }, progress: undefined });
    expect(read).toMatchObject({ counts: { found: 16, accepted: 0 }, progress: 0 });
    expect(half).toMatchObject({ counts: { found: 16, accepted: 8, rejected: 1, failed: 0 }, progress: 9 / 16 });
    expect(listed.jobs).toEqual([half]);
  });

  it('is not shown to another tenant', async () => {
    await expect(viewJob(await theJobDone(), 'other', aJobId)).rejects.toMatchObject({
      code: 'job-missing',
      status: 404,
    });
  });

  it('is listed, newest first', async () => {
    const service = await theJobDone();
    await service.jobs.create(
      aJob({ id: '9'.repeat(26), createdAt: '2026-03-02T10:00:00.000Z', state: 'awaiting-upload' }),
    );

    const first = await listJobs(service, aTenant, { limit: 1 });
    const second = await listJobs(service, aTenant, { limit: 1, cursor: first.cursor });

    expect(first.jobs).toMatchObject([{ jobId: '9'.repeat(26), state: 'awaiting-upload' }]);
    expect(second).toMatchObject({ jobs: [{ jobId: aJobId, counts: { found: 16 } }], cursor: undefined });
  });
});

describe('the patterns of a job', () => {
  const question = { tenant: aTenant, jobId: aJobId, limit: 100, order: 'count' } as const;

  it('are counted over all segments, commonest first, with the first record as an example', async () => {
    const service = await theJobDone();

    const { patterns, isWhole } = await listPatterns(service, question);

    const counts = patterns.map(({ count }) => count);
    expect(isWhole).toBe(true);
    expect(counts).toEqual([...counts].sort((one, other) => other - one));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(15);
    expect(patterns.find(({ pattern }) => pattern.includes('began'))?.example).toEqual({
      row: 1,
      line: 2,
      text: 'the worker began at 1',
    });
  });

  it('come most anomalous first when asked, only anomalies when asked, page by page', async () => {
    const service = await theJobDone();

    const { patterns } = await listPatterns(service, { ...question, order: 'score' });
    const anomalies = await listPatterns(service, { ...question, anomaly: true, threshold: 0.3 });
    const first = await listPatterns(service, { ...question, limit: 2 });
    const second = await listPatterns(service, { ...question, limit: 2, cursor: first.cursor });

    const scores = patterns.map(({ verdict }) => verdict.anomaly.score);
    expect(scores).toEqual([...scores].sort((one, other) => other - one));
    expect(anomalies.patterns.every(({ verdict }) => verdict.anomaly.isAnomaly)).toBe(true);
    expect(first.patterns.concat(second.patterns)).toEqual(
      (await listPatterns(service, { ...question, limit: 4 })).patterns,
    );
    await expect(listPatterns(service, { ...question, cursor: '-1' })).rejects.toMatchObject({ code: 'cursor' });
  });

  it('are those of the finished segments while the job runs', async () => {
    const service = memoryService();
    await service.jobs.create(aJob());
    await ingestCut(service, aJob(), source());
    await drain(service, ({ segment }) => segment === 2);

    const { patterns, isWhole } = await listPatterns(service, question);

    expect(isWhole).toBe(false);
    expect(patterns.reduce((sum, { count }) => sum + count, 0)).toBe(14);
  });

  it('stay bounded when every record has its own, the commonest exact', () => {
    const counter = patternCounter();
    const judgement = (patternId: string) => ({ patternId, pattern: patternId, decision: aDecision() });
    for (let row = 0; row < 250_000; row += 1) {
      counter.count(judgement(`rare-${row}`), row, row, '');
      if (row % 100 === 0) counter.count(judgement('common'), row, row, '');
    }

    const kept = counter.commonest();

    expect(kept).toHaveLength(10_000);
    expect(kept[0]).toMatchObject({ patternId: 'common', count: 2_500 });
  });
});

describe('the link to the results', () => {
  it('names the file after what was sent', async () => {
    const service = await theJobDone();

    const link = await linkResults(service, aTenant, aJobId);

    expect(link).toMatchObject({
      fileName: 'app-classified.csv',
      bytes: (await jobOf(service, { tenant: aTenant, id: aJobId })).results?.bytes,
    });
    expect(link.url).toContain('/data/acme/jobs/');
  });

  it('is not there before the results are', async () => {
    const service = memoryService();
    await service.jobs.create(aJob());

    await expect(linkResults(service, aTenant, aJobId)).rejects.toMatchObject({
      code: 'results-not-ready',
      status: 409,
    });
  });
});
