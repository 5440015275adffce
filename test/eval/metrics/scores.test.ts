import { describe, expect, it } from 'vitest';
import { scoreLabels } from '../../../lib/cascade/training/label-scores.ts';
import { anomalyScores, scoresOf } from './anomaly-scores.ts';
import { binaryScores } from './answers.ts';
import { measure, measureMean, randomOf } from './bootstrap.ts';
import { thresholdFor } from './calibration.ts';
import { categoryScores } from './category-scores.ts';
import { rank } from './ranked.ts';

const forecast = (probability: number, outcome: boolean) => ({ probability, outcome });
const mixed = [
  forecast(0.95, true),
  forecast(0.6, true),
  forecast(0.55, false),
  forecast(0.4, true),
  forecast(0.1, false),
];

describe('scoresOf', () => {
  it('counts what is said against the truth, at several thresholds', () => {
    const scores = scoresOf(mixed);

    expect(scores).toMatchObject({ precision: 2 / 3, recall: 2 / 3, f1: 2 / 3, f1At9: 0.5 });
    expect(scores.f1Best).toBeCloseTo(6 / 7);
    expect(scores.f1Least).toBe(0.5);
  });

  it('has an area of 1 where every positive scores higher, 0 the other way round, one half for ties', () => {
    const area = (...forecasts: ReturnType<typeof forecast>[]) => scoresOf(forecasts).auc;

    expect(area(forecast(0.9, true), forecast(0.8, true), forecast(0.1, false))).toBe(1);
    expect(area(forecast(0.1, true), forecast(0.9, false))).toBe(0);
    expect(area(forecast(0.5, true), forecast(0.5, false), forecast(0.5, false))).toBe(0.5);
    expect(area(forecast(0.5, true))).toBeNaN();
  });

  it('measures the distance of what was said from what happened', () => {
    const bold = scoresOf([forecast(0.95, true), forecast(0.95, false)]);

    expect(bold.ece).toBeCloseTo(0.45);
    expect(bold.brier).toBeCloseTo((0.05 ** 2 + 0.95 ** 2) / 2);
  });

  it('is calibrated to a prior by weighting both sides to it', () => {
    const rare = scoresOf([forecast(0.1, true), forecast(0.1, false)], 0.1);

    expect(rare.ece).toBeCloseTo(0.4);
    expect(rare.ecePrior).toBeCloseTo(0);
    expect(rare.brier).toBeCloseTo((0.9 ** 2 + 0.1 ** 2) / 2);
    expect(rare.brierPrior).toBeCloseTo(0.1 * 0.9 ** 2 + 0.9 * 0.1 ** 2);
  });

  it('tells what no recalibration could mend: one pool for those in the wrong order, none for those in the right one', () => {
    const mended = scoresOf([forecast(0.2, true), forecast(0.1, false)]);
    const pooled = scoresOf([forecast(0.9, true), forecast(0.6, false), forecast(0.4, true), forecast(0.2, false)]);

    expect(mended.brierLeast).toBe(0);
    expect(mended.brierPrior).toBeGreaterThan(0.3);
    expect(pooled.brierLeast).toBeCloseTo((0.25 + 0.25) / 4);
    expect(scoresOf([forecast(0.9, true)]).brierLeast).toBeNaN();
  });
});

describe('binaryScores', () => {
  it('counts what was said against the truth', () => {
    const answers = [
      { said: true, truth: true },
      { said: true, truth: false },
      { said: false, truth: true },
      { said: true, truth: true },
    ];

    expect(binaryScores(answers)).toEqual({ precision: 2 / 3, recall: 2 / 3, f1: 2 / 3 });
    expect(binaryScores([])).toEqual({ precision: 0, recall: 0, f1: 0 });
  });
});

describe('anomalyScores', () => {
  it('takes a weight of two for the line twice', () => {
    const weights = Float64Array.of(2, 1, 1, 0, 3);
    const repeated = mixed.flatMap((one, at) => Array.from({ length: weights[at] ?? 0 }, () => one));

    const weighted = anomalyScores(rank(mixed), weights, 0.2);

    for (const [name, value] of Object.entries(scoresOf(repeated, 0.2)))
      expect([name, Object.entries(weighted).find(([other]) => other === name)?.[1]]).toEqual([
        name,
        expect.closeTo(value),
      ]);
  });
});

describe('thresholdFor', () => {
  it('answers down to the last threshold at which enough is right', () => {
    const falling = [forecast(0.9, true), forecast(0.8, false), forecast(0.7, true), forecast(0.6, true)];

    expect(thresholdFor(falling, 0.75)).toBe(0.6);
    expect(thresholdFor(falling, 0.9)).toBe(0.9);
  });

  it('takes ties together, and knows none where too little is right', () => {
    expect(thresholdFor([forecast(0.9, true), forecast(0.9, false), forecast(0.5, true)], 0.6)).toBe(0.5);
    expect(thresholdFor([forecast(0.9, false)], 0.5)).toBeNaN();
  });
});

describe('measure', () => {
  const share = (weights: Float64Array) => {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return { share: weights.slice(0, 50).reduce((sum, weight) => sum + weight, 0) / total };
  };

  it('gives a figure an interval, the same for the same seed', () => {
    const rows = Array.from({ length: 100 }, (_, row) => String(row));

    const { share: found } = measure(share, rows, { resamples: 400, seed: 1 });

    expect(found?.value).toBe(0.5);
    expect(found?.low).toBeGreaterThan(0.35);
    expect(found?.low).toBeLessThan(0.45);
    expect(measure(share, rows, { resamples: 400, seed: 1 }).share).toEqual(found);
  });

  it('knows less where rows come in groups', () => {
    const rows = Array.from({ length: 100 }, (_, row) => String(Math.floor(row / 25)));

    const { share: found } = measure(share, rows, { resamples: 400, seed: 1 });

    expect((found?.high ?? 0) - (found?.low ?? 0)).toBeGreaterThan(0.5);
  });

  it('means over samples that are each drawn by themselves', () => {
    const rows = Array.from({ length: 100 }, (_, row) => String(row));
    const half = { score: share, groups: rows };
    const whole = { score: () => ({ share: 1 }), groups: ['one'] };
    const resampling = { resamples: 400, seed: 1 };

    const { share: alone } = measure(share, rows, resampling);
    const { share: mean } = measureMean([half, whole], resampling);

    expect(mean?.value).toBe(0.75);
    expect((mean?.high ?? 0) - (mean?.low ?? 0)).toBeCloseTo(((alone?.high ?? 0) - (alone?.low ?? 0)) / 2, 1);
  });

  it('leaves out draws in which a sample of a mean has no figure', () => {
    const positives = (weights: Float64Array) => ({ share: weights[0] === 0 ? Number.NaN : 1 });

    const { share: mean } = measureMean(
      [
        { score: positives, groups: ['a', 'b'] },
        { score: share, groups: ['c'] },
      ],
      { resamples: 50, seed: 1 },
    );

    expect(mean).toEqual({ value: 1, low: 1, high: 1 });
  });

  it('draws numbers that are uniform', () => {
    const random = randomOf(7);
    const numbers = Array.from({ length: 4000 }, random);

    expect(numbers.reduce((sum, number) => sum + number, 0) / 4000).toBeCloseTo(0.5, 1);
    expect(new Set(numbers).size).toBeGreaterThan(3990);
  });
});

describe('categoryScores', () => {
  const pairs = [
    ['Error', 'Error'],
    ['Error', 'Unclassified'],
    ['User Action', 'User Action'],
    ['Unclassified', 'Error'],
    ['Unclassified', 'Unclassified'],
  ] as const;

  it('lets answers to lines of no label cost precision in one mean and not in the other', () => {
    const scores = categoryScores(pairs, new Float64Array(5).fill(1));

    expect(scores.macroF1).toBeCloseTo((2 / 3 + 1) / 2);
    expect(scores.macroF1All).toBeCloseTo((1 / 2 + 1) / 2);
    expect(scores).toMatchObject({ accuracy: 0.6, precision: 2 / 3, recall: 2 / 3, alarmed: 0.5, named: 0.5 });
  });
});

describe('scoreLabels', () => {
  it('takes the mean over the labels of the truth alone; an answer outside them is wrong', () => {
    const { macroF1, accuracy, byLabel } = scoreLabels([
      ['a', 'a'],
      ['a', 'Unclassified'],
      ['b', 'b'],
    ]);

    expect(Object.keys(byLabel)).toEqual(['a', 'b']);
    expect(macroF1).toBeCloseTo((2 / 3 + 1) / 2);
    expect(accuracy).toBeCloseTo(2 / 3);
  });
});
