import { describe, expect, it } from 'vitest';
import { answersReport } from './category-set.ts';

describe('answersReport', () => {
  it('covers of the lines that have a label those that were answered, however many others were', () => {
    const line = (id: number, label: string) => ({
      id: `${id}`,
      group: `${id}`,
      record: { source: '', message: '' },
      label,
    });
    const lines = [
      ...Array.from({ length: 39 }, (_, at) => line(at, 'Error')),
      line(39, 'Error'),
      line(40, 'Unclassified'),
    ];
    const answer = { category: 'Error', confidence: 0.9, sure: true };
    const said = lines.map((_, at) => (at === 39 ? { ...answer, sure: false } : answer));
    const bench = { prior: 0.5, resampling: { resamples: 5, seed: 1 }, against: {}, kept: {} };

    const { coverageAt95 } = answersReport(bench, lines, said);

    expect(coverageAt95).toEqual({ coverage: 39 / 40, threshold: 0.9 });
  });
});
