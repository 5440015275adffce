import { describe, expect, it } from 'vitest';
import { answersReport, partReport } from './label-answers.ts';

const bench = { prior: 0.5, resampling: { resamples: 50, seed: 1 }, against: {}, kept: {} };
const aLine = (id: number, label: string) => ({
  id: `${id}`,
  group: `${id}`,
  record: { source: '', message: '' },
  label,
});
const anAnswer = (confidence: number, sure = true) => ({ category: 'Error', confidence, sure });

describe('answersReport', () => {
  it('covers of the lines that have a label those that were answered, however many others were', () => {
    const labelled = Array.from({ length: 40 }, (_, at) => aLine(at, 'Error'));
    const lines = [...labelled, aLine(40, 'Unclassified')];
    const said = lines.map((_, at) => anAnswer(0.9, at !== 39));

    const { n, coverageAt95 } = answersReport(bench, lines, said);

    expect({ n, coverageAt95 }).toEqual({ n: 41, coverageAt95: { coverage: 39 / 40, threshold: 0.9 } });
  });

  it('covers nothing where no answer is right', () => {
    const { coverageAt95 } = answersReport(bench, [aLine(0, 'User Action')], [anAnswer(1)]);

    expect(coverageAt95).toEqual({ coverage: 0, threshold: Number.NaN });
  });

  it('says with intervals whether confidence tells right from wrong and how far it is from being right', () => {
    const lines = Array.from({ length: 40 }, (_, at) => aLine(at, at < 20 ? 'Error' : 'User Action'));
    const said = lines.map((_, at) => anAnswer(at < 20 ? 0.9 : 0.6));

    const { confidence, scores } = answersReport(bench, lines, said);

    expect(confidence.auc).toEqual({ value: 1, low: 1, high: 1 });
    expect(confidence.ece?.value).toBeCloseTo((0.1 + 0.6) / 2);
    expect(confidence.brier?.low).toBeLessThan(confidence.brier?.value ?? 0);
    expect(confidence.brier?.high).toBeGreaterThan(confidence.brier?.value ?? 1);
    expect([scores.precision?.value, scores.recall?.value]).toEqual([0.5, 0.5]);
  });
});

describe('partReport', () => {
  it('is of the lines inside and of what was said of them', () => {
    const lines = [aLine(0, 'Error'), aLine(1, 'User Action'), aLine(2, 'Error')];
    const said = [anAnswer(0.9), anAnswer(0.8), anAnswer(0.7, false)];

    const { n, answered, scores } = partReport(bench, lines, said, ({ label }) => label === 'Error');

    expect({ n, answered, accuracy: scores.accuracy?.value }).toEqual({ n: 2, answered: 0.5, accuracy: 0.5 });
  });
});
