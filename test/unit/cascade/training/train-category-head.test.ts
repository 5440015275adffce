import { describe, expect, it } from 'vitest';
import { headAnswer, headSchema } from '../../../../lib/cascade/category-head.ts';
import { headReport } from '../../../../lib/cascade/training/head-report.ts';
import type { Sample } from '../../../../lib/cascade/training/labelled-pattern.ts';
import { trainCategoryHead } from '../../../../lib/cascade/training/train-category-head.ts';
import { aSample, aWord, samplesAround, someNoise } from '../../../factories/samples.ts';

const OPTIONS = {
  labels: new Set(['Tea', 'Coffee', 'Cocoa']),
  trainedOn: 'fake@1',
  precision: { others: 0.95, of: new Map() },
};
const said = (head: Parameters<typeof headAnswer>[0], { canonical, embedded }: Sample) =>
  headAnswer(head, { text: canonical, embedded });

describe('trainCategoryHead', () => {
  it('learns labels that lie apart, and says none of these of lines like those of no label', () => {
    const samples = samplesAround(['Tea', 'Coffee', 'Unclassified'], { each: 40, noise: 0.2 });

    const { head } = trainCategoryHead(samples, OPTIONS);

    const unseen = samplesAround(['Tea', 'Coffee', 'Unclassified'], { each: 10, noise: 0.2, seed: 99 });
    expect(headSchema.parse(head)).toEqual(head);
    expect(head).toMatchObject({ labels: ['Coffee', 'Tea', 'Unclassified'], trainedOn: 'fake@1' });
    expect(
      unseen.map((sample) => {
        const answer = said(head, sample);
        return answer?.sure ? answer.category : 'Unclassified';
      }),
    ).toEqual(unseen.map(({ label }) => label));
  });

  it('judges each sample by a head that has not seen its template', () => {
    const random = someNoise(4);
    const samples = Array.from({ length: 60 }, (_, at) =>
      aSample({
        label: at % 2 === 0 ? 'Tea' : 'Coffee',
        canonical: `${aWord(at)} ${aWord(1000 + at)}`,
        vector: Array.from({ length: 40 }, random),
      }),
    );

    const trained = trainCategoryHead(samples, OPTIONS);

    const right = samples.filter((sample) => said(trained.head, sample)?.category === sample.label).length;
    const { scores, coverageAt95 } = headReport(samples, trained);
    expect(right).toBeGreaterThan(50);
    expect(scores.accuracy).toBeLessThan(0.65);
    expect(coverageAt95).toBeLessThan(0.2);
  });

  it('tells lines about the same thing apart by their severity', () => {
    const random = someNoise(8);
    const samples = Array.from({ length: 80 }, (_, at) =>
      aSample({
        label: at % 2 === 0 ? 'Tea' : 'Coffee',
        canonical: `${aWord(at)} ${aWord(1000 + at)}`,
        vector: [1, 0.1 * random(), 0, 0],
        errorLogit: at % 2 === 0 ? 5 : -5,
      }),
    );

    const trained = trainCategoryHead(samples, OPTIONS);

    expect(headReport(samples, trained).scores.macroF1).toBe(1);
  });

  it('tells lines apart by a word they share', () => {
    const samples = Array.from({ length: 80 }, (_, at) =>
      aSample({
        label: at % 2 === 0 ? 'Tea' : 'Coffee',
        canonical: `${at % 2 === 0 ? 'kettle' : 'beans'} ${aWord(at)} ${aWord(1000 + at)}`,
      }),
    );

    const trained = trainCategoryHead(samples, OPTIONS);

    expect(headReport(samples, trained).scores.macroF1).toBeGreaterThan(0.95);
    expect(said(trained.head, aSample({ canonical: 'Beans everywhere' }))?.category).toBe('Coffee');
    expect(JSON.stringify(trained.head)).not.toContain('kettle');
  });

  it('gives a threshold of its own to a label of thirty templates only', () => {
    const samples = [
      ...samplesAround(['Tea', 'Coffee'], { each: 35, noise: 0.5 }),
      ...samplesAround(['', '', 'Cocoa'], { each: 8, noise: 0.5, seed: 7 }).filter(({ label }) => label !== ''),
    ];

    const trained = trainCategoryHead(samples, OPTIONS);

    const report = headReport(samples, trained);
    expect(Object.keys(trained.head.thresholds ?? {}).sort()).toEqual(['Coffee', 'Tea']);
    expect(report.thin).toMatchObject([{ label: 'Cocoa' }]);
    expect(report.thresholds.Cocoa).toMatchObject({ templates: 8, threshold: trained.head.threshold });
    expect(report.thresholds.Cocoa?.own).toBeUndefined();
  });

  it('gives the same head for the same samples', () => {
    const samples = samplesAround(['Tea', 'Coffee'], { each: 12, noise: 0.6 });

    expect(trainCategoryHead(samples, OPTIONS).head).toEqual(trainCategoryHead(samples, OPTIONS).head);
  });

  it('refuses what cannot teach', () => {
    const samples = samplesAround(['Tea', 'Coffee'], { each: 12, noise: 0.6 });

    expect(() => trainCategoryHead([], OPTIONS)).toThrow('there are no labelled lines');
    expect(() => trainCategoryHead(samples, { ...OPTIONS, judges: () => false })).toThrow('none may judge the head');
  });
});

describe('headReport', () => {
  it('puts together how well and how surely labels are told, and what is mistaken for what', () => {
    const samples = samplesAround(['Tea', 'Coffee', 'Unclassified'], { each: 40, noise: 1.2 });
    const trained = trainCategoryHead(samples, OPTIONS);

    const report = headReport(samples, trained);

    expect(report).toMatchObject({ patterns: 120, templates: 120, folds: 5, thin: [] });
    expect(report.scores.byLabel.Tea?.n).toBe(40);
    expect(report.calibrationError).toBeLessThan(0.15);
    expect(report.foreign?.patterns).toBe(40);
    expect(report.foreign?.named).toBeLessThan(0.2);
    const counted = Object.values(report.confusion).flatMap((row) => Object.values(row));
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(120);
    for (const { own } of Object.values(report.thresholds))
      if (own?.reached) expect(own.precision).toBeGreaterThanOrEqual(0.95);
  });
});
