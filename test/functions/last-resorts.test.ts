import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handler as api } from '../../functions/api/api.ts';
import { handler as ingest } from '../../functions/ingest-upload/ingest-upload.ts';
import { handler as sweep } from '../../functions/sweep/sweep.ts';
import { aContext, anApiEvent } from '../factories/api.ts';
import { aJob, aJobId } from '../factories/jobs.ts';
import { bodyOf, type Service, startService } from './a-service.ts';
import { clockAsUsual, clockAt } from './clock-at.ts';
import { runQueues } from './run-queues.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const ask = async (method: string, path: string, body?: string) =>
  bodyOf(await api(anApiEvent({ method, path, scopes: 'ingest read admin', body }), aContext()));
const newBatch = async (...lines: readonly string[]): Promise<string> =>
  (await ask('POST', '/v1/batches', JSON.stringify(lines))).jobId;
const jobOf = (jobId: string) => ask('GET', `/v1/jobs/${jobId}`);
const later = async (minutes: number, work: () => Promise<void>) => {
  clockAt(Date.now() + minutes * 60_000);
  try {
    await work();
  } finally {
    clockAsUsual();
  }
};

/** What the queue would do after the last try: it lies among the dead letters, where the sweep finds it. */
const giveUp = async (queue: string, bodies: readonly string[]) => {
  for (const body of bodies) await service.send(`${queue}-dead`, body);
  await sweep();
};

describe('sweep, of dead letters', () => {
  it('ends the job of a chunk that was given up on, which then can be replayed', async () => {
    const jobId = await newBatch('User User1 logged in.', 'Backup completed successfully.');
    await service.deliver('uploads', ingest);

    await giveUp('chunks-small', await service.take('chunks-small'));
    await runQueues(service);
    const failed = await jobOf(jobId);
    const reopened = await ask('POST', `/v1/jobs/${jobId}/replay`);
    await runQueues(service);

    expect(failed).toMatchObject({ state: 'completed-with-failures', counts: { found: 2, accepted: 0, failed: 2 } });
    expect(reopened).toMatchObject({ state: 'running', replays: 1 });
    expect(await jobOf(jobId)).toMatchObject({ state: 'completed', counts: { found: 2, accepted: 2, failed: 0 } });
    expect(service.announced.map(({ state }) => state)).toEqual(['completed-with-failures', 'completed']);
    expect(await service.take('chunks-small-dead')).toEqual([]);
  });

  it('fails the job of a source that could not be read', async () => {
    const jobId = await newBatch('User User1 logged in.');

    await giveUp('uploads', await service.take('uploads'));

    expect(await jobOf(jobId)).toMatchObject({ state: 'failed', error: { code: 'ingest-given-up' } });
  });

  it('makes the job of a drop that never came to one, so that its owner finds it failed', async () => {
    await service.objects.put('uploads', 'incoming/acme/lost.csv', 'message\na\n');

    await giveUp('uploads', await service.take('uploads'));

    const { jobs } = await ask('GET', '/v1/jobs');
    expect(jobs[0]).toMatchObject({ name: 'lost.csv', state: 'failed', error: { code: 'ingest-given-up' } });
  });

  it('removes what is not ours or is left to the sweep, says so, and logs none of it', async () => {
    const before = service.logged.length;
    const finished = { tenant: 'acme', jobId: aJobId, segment: 0 };
    const bodies = ['a-secret-word', finished, { Records: 'a-secret-word' }].map((body) => JSON.stringify(body));

    await giveUp('finished', bodies);

    const lines = service.logged.slice(before).map((line) => JSON.parse(line));
    const letters = lines.filter(({ event }) => event === 'dead-letter');
    expect(letters.map(({ level, outcome }) => `${level} ${outcome}`).sort()).toEqual([
      'error left-to-sweep',
      'error not-ours',
      'error not-ours',
    ]);
    expect(service.logged.join()).not.toContain('a-secret-word');
    expect(await service.take('finished-dead')).toEqual([]);
  });
});

describe('sweep', () => {
  it('leaves alone what has just moved', async () => {
    const before = service.logged.length;

    await sweep();

    expect(service.logged.slice(before).map((line) => JSON.parse(line))).toMatchObject([{ event: 'sweep', looked: 0 }]);
  });

  it('brings a job to its end whose messages were lost', async () => {
    const jobId = await newBatch('User User1 logged in.');
    await service.deliver('uploads', ingest);
    await giveUp('chunks-small', await service.take('chunks-small'));
    expect((await service.take('finished')).length).toBeGreaterThan(0);

    await later(15, sweep);
    await runQueues(service);

    expect(await jobOf(jobId)).toMatchObject({ state: 'completed-with-failures', counts: { failed: 1 } });
  });

  it('orders a source to be read again whose order was lost', async () => {
    const jobId = await newBatch('User User1 logged in.');
    await service.take('uploads');

    await later(70, sweep);
    await runQueues(service);

    expect(await jobOf(jobId)).toMatchObject({ state: 'completed', counts: { accepted: 1 } });
  });

  it('fails an announced upload whose bytes never came', async () => {
    const { jobId } = await ask('POST', '/v1/uploads', '{"name":"app.csv","bytes":10}');

    await later(180, sweep);

    expect(await jobOf(jobId)).toMatchObject({ state: 'failed', error: { code: 'upload-expired' } });
  });

  it('fails a job that has stood still for a week', async () => {
    const createdAt = '2026-01-01T00:00:00.000Z';
    await service.jobs.create(aJob({ createdAt, touchedAt: createdAt }));

    await sweep();

    expect(await jobOf(aJobId)).toMatchObject({ state: 'failed', error: { code: 'stalled' } });
  });
});
