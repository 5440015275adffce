import { describe, expect, it } from 'vitest';
import { type EndedJob, renderJob } from '../../../infra/local/job-screen.ts';
import { chooseStyle } from '../../../infra/local/screen.ts';

const plain = chooseStyle({ isTty: false, noColor: false });
const anEndedJob = (fields: Partial<EndedJob> = {}): EndedJob => ({
  name: 'app.csv',
  state: 'completed',
  ms: 2_345,
  accepted: 1_230,
  rejected: 4,
  failed: 0,
  anomalies: 3,
  degraded: 0,
  byCategory: { Error: 230, 'User Action': 1_000 },
  byStage: { rule: 1_000, embedding: 230 },
  ...fields,
});
const anAnomaly = {
  score: 0.987,
  lines: 3,
  category: 'Error',
  pattern: 'panic: <NUM>\u001b[2J',
  reason: 'reads like Error',
};

describe('job screen', () => {
  it('shows counts, categories and stages, commonest first, and why a pattern is an anomaly', () => {
    const lines = renderJob(anEndedJob(), [anAnomaly], plain, 100);

    expect(lines.join('\n')).toBe(`app.csv  completed in 2.3 s: 1,234 records, 1,230 judged, 4 rejected, 0 failed

  Category     lines              Stage      lines
  User Action  1,000  81.3 %      rule       1,000  81.3 %
  Error          230  18.7 %      embedding    230  18.7 %

  Top anomalies  3 lines
  score  lines  category  pattern, and why
   0.99      3  Error     panic: <NUM>·[2J
                          reads like Error`);
  });

  it('says how many lines a stage that was off would have been asked about', () => {
    const lines = renderJob(anEndedJob({ degraded: 1_100 }), [], plain, 100);

    expect(lines).toContain('  1,100 lines would have asked the language model (off without GROQ_API_KEY)');
  });

  it('says why a job failed, without tables', () => {
    const failed = anEndedJob({ state: 'failed', error: 'no column holds\u0007 messages' });

    expect(renderJob(failed, [], plain, 100)).toEqual(['app.csv  failed: no column holds· messages', '']);
  });

  it('sums up categories that are too many to show', () => {
    const byCategory = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`category ${index}`, 20 - index]));

    const lines = renderJob(anEndedJob({ byCategory, anomalies: 0 }), [], plain, 100);

    expect(lines.join('\n')).toMatch(/ {2}8 others +36 /);
    expect(lines.at(-1)).toBe('  No anomalies');
  });

  it('keeps to the width it is given', () => {
    const long = { ...anAnomaly, pattern: 'word '.repeat(80), reason: 'because '.repeat(80) };

    const lines = renderJob(anEndedJob(), [long], plain, 80);

    expect(Math.max(...lines.slice(1).map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});
