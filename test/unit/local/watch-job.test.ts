import { describe, expect, it } from 'vitest';
import type { JobClient, JobView } from '../../../infra/local/job-client.ts';
import { chooseStyle } from '../../../infra/local/screen.ts';
import { openProgress, watchJob } from '../../../infra/local/watch-job.ts';

const aView = (fields: Partial<JobView> = {}): JobView => ({
  id: 'a',
  name: 'app.csv',
  kind: 'upload',
  state: 'running',
  createdAt: '2026-11-21T12:00:00.000Z',
  found: 100,
  accepted: 0,
  rejected: 0,
  failed: 0,
  anomalies: 0,
  degraded: 0,
  byCategory: {},
  byStage: {},
  error: undefined,
  ...fields,
});

function aScreen(isTty: boolean) {
  const written: string[] = [];
  let nowMs = 0;
  const style = chooseStyle({ isTty: false, noColor: true });
  const output = { isTty, style, write: (text: string) => void written.push(text) };
  const progress = openProgress('app.csv', 'STATE/logs', output, () => nowMs);
  const showAt = (ms: number, job?: JobView) => {
    nowMs = ms;
    progress.show(job);
  };
  return { written, showAt };
}

describe('progress', () => {
  it('draws a bar over itself on a terminal', () => {
    const { written, showAt } = aScreen(true);

    showAt(0);
    showAt(500, aView({ accepted: 40, found: 40 }));
    showAt(1_000, aView({ accepted: 40, rejected: 10, progress: 0.5 }));

    expect(written).toEqual([
      `\rapp.csv  ${'░'.repeat(30)}  not taken up yet  0.0 s\u001b[K`,
      `\rapp.csv  ${'░'.repeat(30)}  40 records  0.5 s\u001b[K`,
      `\rapp.csv  ${'█'.repeat(15)}${'░'.repeat(15)}  50 of 100 records  1.0 s\u001b[K`,
    ]);
  });

  it('says a line now and then elsewhere', () => {
    const { written, showAt } = aScreen(false);

    for (let ms = 0; ms <= 4_000; ms += 200) showAt(ms, aView({ accepted: ms / 200, progress: 0.1 }));

    expect(written).toEqual(['app.csv: 10 of 100 records after 2.0 s\n', 'app.csv: 20 of 100 records after 4.0 s\n']);
  });

  it('says once where to look when nothing moves', () => {
    const { written, showAt } = aScreen(true);

    for (let ms = 0; ms <= 60_000; ms += 1_000) showAt(ms, aView({ accepted: 7 }));

    expect(written.filter((text) => text.includes('No progress') && text.includes('STATE/logs'))).toHaveLength(1);
  });
});

describe('watching a job', () => {
  /** A client that answers in turn; an Error is thrown. */
  function aClient(answers: readonly (JobView | Error)[]): JobClient {
    const left = [...answers];
    const next = async () => {
      const answer = left.shift();
      if (answer === undefined || answer instanceof Error) throw answer ?? new Error('asked too often');
      return answer;
    };
    return { job: next, newest: next, anomalies: async () => [], resultsLink: async () => '' };
  }
  const signal = new AbortController().signal;

  it('waits for its end, over answers that fail', async () => {
    const client = aClient([
      aView({ state: 'throttled' }),
      new Error('502'),
      aView({ accepted: 1 }),
      aView({ state: 'completed' }),
    ]);
    const seen: (number | undefined)[] = [];

    const job = await watchJob(
      client,
      () => client.newest('app.csv', ''),
      (view) => seen.push(view?.accepted),
      signal,
    );

    expect(job?.state).toBe('completed');
    expect(seen).toEqual([0, 0, 1, 0]);
  });

  it('gives up when nothing answers any more', async () => {
    const client = aClient(Array.from({ length: 30 }, () => new Error('502')));

    const watched = watchJob(
      client,
      () => client.newest('app.csv', ''),
      () => undefined,
      signal,
    );

    await expect(watched).rejects.toThrow('502');
  });

  it('stops when asked to', async () => {
    const stopping = new AbortController();
    const watched = watchJob(
      aClient([]),
      async () => undefined,
      () => stopping.abort(),
      stopping.signal,
    );

    expect(await watched).toBeUndefined();
  });
});
