import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import sampleChunk from '../../events/sqs-chunk.json' with { type: 'json' };
import sampleFinished from '../../events/sqs-finished.json' with { type: 'json' };
import { handler as api } from '../../functions/api/api.ts';
import { handler as classify } from '../../functions/classify/worker.ts';
import { handler as finish } from '../../functions/finish-job/finish-job.ts';
import { handler as ingest } from '../../functions/ingest-upload/ingest-upload.ts';
import { aContext, anApiEvent } from '../factories/api.ts';
import { anSqsEvent } from '../factories/events.ts';
import { aJob, aJobId } from '../factories/jobs.ts';
import { bodyOf, type Service, startService } from './a-service.ts';

const LINES = [
  { source: 'shop', log_message: 'User User1 logged in.' },
  { source: 'shop', log_message: 'User User2 logged in.' },
  { source: 'disk', log_message: 'kernel panic: two disks of the array failed, data lost', level: 'CRITICAL' },
  { note: 'no message here' },
  'Backup completed successfully.',
];

let service: Service;
let jobId: string;
beforeAll(async () => {
  service = await startService();
  const body = JSON.stringify(LINES);
  const reply = await api(anApiEvent({ method: 'POST', path: '/v1/batches', scopes: 'ingest', body }), aContext());
  jobId = bodyOf(reply).jobId;
});
afterAll(() => service.close());

const get = async (question: string, query?: Record<string, string>) => {
  const path = `/v1/jobs/${jobId}${question}`;
  return bodyOf(await api(anApiEvent({ path, query, scopes: 'read' }), aContext()));
};
const rowsOf = ({ rows }: { rows: readonly { row: number }[] }) => rows.map(({ row }) => row);

/** One batch after the other, each step of the way looked at: the tests of this file follow on each other. */
describe('a batch on its way through the functions', () => {
  it('is running and empty before anyone has read it', async () => {
    expect(await get('')).toMatchObject({ state: 'running', counts: { found: 0, accepted: 0 } });
    expect(await get('/verdicts')).toEqual({ rows: [] });
    expect(await get('/patterns')).toEqual({ patterns: [], isWhole: false });
    expect(await get('/results')).toMatchObject({ status: 409, type: 'urn:logsieve:problem:results-not-ready' });
  });

  it('is cut into one chunk by ingest-upload, also when the order comes twice', async () => {
    const [order = ''] = await service.take('uploads');

    const first = await ingest(anSqsEvent(order), aContext());
    const again = await ingest(anSqsEvent(order), aContext());

    expect([first, again]).toEqual([{ batchItemFailures: [] }, { batchItemFailures: [] }]);
    expect(await get('')).toMatchObject({ counts: { found: 5, accepted: 0 }, progress: 0 });
  });

  it('is left for later by a worker without the time to judge a chunk', async () => {
    const [chunk = ''] = await service.take('chunks-small');
    const short = aContext({ getRemainingTimeInMillis: () => 44_000 });

    const left = await classify(anSqsEvent(chunk), short);
    const done = await classify(anSqsEvent(chunk), aContext());
    const again = await classify(anSqsEvent(chunk), aContext());

    expect(left).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] });
    expect([done, again]).toEqual([{ batchItemFailures: [] }, { batchItemFailures: [] }]);
    expect(await get('')).toMatchObject({ state: 'running', counts: { accepted: 4, rejected: 1 }, progress: 1 });
    const outcomes = service.logged.map((line) => JSON.parse(line)).filter(({ event }) => event === 'chunk');
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['processed', 'known']);
  });

  it('is ended once by finish-job, however often it is told', async () => {
    for (let told = 1; told > 0; ) told = await service.deliver('finished', finish);
    await finish(anSqsEvent({ tenant: 'acme', jobId, segment: 0 }), aContext());

    expect(await get('')).toMatchObject({
      state: 'completed',
      counts: { found: 5, accepted: 4, rejected: 1, failed: 0 },
      byCategory: { 'User Action': 2, 'System Notification': 1 },
    });
    expect(service.announced).toMatchObject([{ tenant: 'acme', jobId, state: 'completed' }]);
  });

  it('answers with verdicts in the order of the source, page by page', async () => {
    const whole = await get('/verdicts');
    const first = await get('/verdicts', { limit: '2' });
    const second = await get('/verdicts', { limit: '2', cursor: first.cursor });

    expect(rowsOf(whole)).toEqual([1, 2, 3, 4, 5]);
    expect(whole.rows[0].verdict).toMatchObject({ category: 'User Action', stage: 'rule' });
    expect(whole.rows[3]).toMatchObject({ line: 4, rejection: expect.stringContaining('message') });
    expect([...rowsOf(first), ...rowsOf(second)]).toEqual([1, 2, 3, 4]);
  });

  it('filters verdicts by category, stage, anomaly, threshold and pattern', async () => {
    const { rows } = await get('/verdicts');
    const pattern: string = rows[0].verdict.patternId;

    expect(rowsOf(await get('/verdicts', { category: 'User Action' }))).toEqual([1, 2]);
    expect(rowsOf(await get('/verdicts', { stage: 'rule' }))).toEqual(expect.arrayContaining([1, 2, 5]));
    expect(rowsOf(await get('/verdicts', { pattern }))).toEqual([1, 2]);
    expect(rowsOf(await get('/verdicts', { anomaly: 'true' }))).toEqual([3]);
    expect(rowsOf(await get('/verdicts', { anomaly: 'true', threshold: '0' }))).toEqual([1, 2, 3, 5]);
    expect(rowsOf(await get('/verdicts', { anomaly: 'false', threshold: '0' }))).toEqual([]);
  });

  it('comes down to its patterns, commonest or most anomalous first', async () => {
    const byCount = await get('/patterns');
    const byScore = await get('/patterns', { order: 'score', limit: '1' });

    expect(byCount.isWhole).toBe(true);
    expect(byCount.patterns).toHaveLength(3);
    expect(byCount.patterns[0]).toMatchObject({
      pattern: 'User User<NUM> logged in.',
      count: 2,
      example: { row: 1, text: 'User User1 logged in.' },
    });
    expect(byScore.patterns).toMatchObject([{ verdict: { anomaly: { isAnomaly: true } }, example: { row: 3 } }]);
    expect(byScore.cursor).toEqual(expect.any(String));
  });

  it('has a results file behind a link: the owner’s objects with our keys, the rejected one in its place', async () => {
    const { url, fileName, bytes } = await get('/results');
    const text = await (await fetch(url)).text();

    expect(fileName).toBe('batch-classified.ndjson');
    expect(Buffer.byteLength(text)).toBe(bytes);
    const results = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(results).toHaveLength(LINES.length);
    expect(results[2]).toMatchObject({ source: 'disk', level: 'CRITICAL', is_anomaly: true });
    expect(results[3]).toEqual({
      row: 4,
      line: 4,
      raw: JSON.stringify(LINES[3]),
      reason: expect.stringMatching(/^rejected row 4/),
    });
  });

  it('refuses cursors, limits and filters that are none', async () => {
    const { cursor } = await get('/verdicts', { limit: '1' });
    const problems = await Promise.all([
      get('/verdicts', { cursor: 'x' }),
      get('/verdicts', { cursor, stage: 'rule' }),
      get('/verdicts', { cursor: 'x'.repeat(3_000) }),
      get('/patterns', { cursor: '-1' }),
      get('/verdicts', { stage: 'guess' }),
      get('/verdicts', { anomaly: 'maybe' }),
      get('/verdicts', { catgory: 'Error' }),
      ...['0', '101', '-1', '1.5', '', ' ', 'many', 'NaN'].map((limit) => get('/verdicts', { limit })),
      ...['1.1', '-0.1', '', 'high', 'Infinity'].map((threshold) => get('/patterns', { threshold })),
    ]);

    for (const problem of problems)
      expect(problem).toMatchObject({ status: 400, type: expect.stringMatching(/problem:(cursor|invalid-query)$/) });
  });

  it('refuses the cursor of another tenant on every route that takes one', async () => {
    await service.jobs.create(aJob({ tenant: 'acme', state: 'completed' }));
    await service.jobs.create(aJob({ tenant: 'globex', state: 'completed' }));
    const ask = async (tenant: string, path: string, query: Record<string, string>) =>
      bodyOf(await api(anApiEvent({ path, query: { ...query, limit: '1' }, scopes: 'read', tenant }), aContext()));
    const [ofRows, ofPatterns, ofJobs] = await Promise.all([
      ask('acme', `/v1/jobs/${jobId}/verdicts`, {}),
      ask('acme', `/v1/jobs/${jobId}/patterns`, {}),
      ask('acme', '/v1/jobs', {}),
    ]);

    const answers = await Promise.all([
      ask('globex', `/v1/jobs/${aJobId}/verdicts`, { cursor: ofRows.cursor }),
      ask('globex', `/v1/jobs/${aJobId}/patterns`, { cursor: ofPatterns.cursor }),
      ask('globex', '/v1/jobs', { cursor: ofJobs.cursor }),
    ]);

    for (const answer of answers) expect(answer).toMatchObject({ status: 400, type: 'urn:logsieve:problem:cursor' });
  });

  it('is not replayed: nothing in it failed', async () => {
    const event = anApiEvent({ method: 'POST', path: `/v1/jobs/${jobId}/replay`, scopes: 'admin' });

    expect(bodyOf(await api(event, aContext()))).toMatchObject({
      status: 409,
      type: 'urn:logsieve:problem:nothing-to-replay',
    });
  });

  it('left none of its lines in the log', () => {
    expect(service.logged.join()).not.toMatch(/logged in|kernel panic|no message here/);
  });
});

describe('the sample messages', () => {
  it('of a job that is not there are acknowledged', async () => {
    const answers = [await classify(sampleChunk, aContext()), await finish(sampleFinished, aContext())];

    expect(answers).toEqual([{ batchItemFailures: [] }, { batchItemFailures: [] }]);
  });
});
