import { describe, expect, it } from 'vitest';
import {
  calibrationError,
  confusionOf,
  coverageAt,
  scoreLabels,
} from '../../../../lib/cascade/training/label-scores.ts';

const forecasts = (count: number, confidence: number, right: number) =>
  Array.from({ length: count }, (_, at) => ({ confidence, right: at < right }));

describe('scores of labels', () => {
  const pairs = [
    ['Tea', 'Tea'],
    ['Tea', 'Coffee'],
    ['Coffee', 'Coffee'],
    ['Coffee', 'none'],
  ] as const;

  it('are precision, recall and F1 of each label of the truth, and their plain mean', () => {
    const { byLabel, macroF1, accuracy } = scoreLabels(pairs);

    expect(byLabel.Tea).toEqual({ f1: 2 / 3, precision: 1, recall: 0.5, n: 2 });
    expect(byLabel.Coffee).toEqual({ f1: 0.5, precision: 0.5, recall: 0.5, n: 2 });
    expect([macroF1, accuracy]).toEqual([(2 / 3 + 0.5) / 2, 0.5]);
  });

  it('come with what was called what', () => {
    expect(confusionOf(pairs)).toEqual({ Coffee: { Coffee: 1, none: 1 }, Tea: { Coffee: 1, Tea: 1 } });
  });
});

describe('calibrationError', () => {
  it('is nothing where confidence is the share that is right, and its distance elsewhere', () => {
    expect(calibrationError(forecasts(10, 0.8, 8))).toBeCloseTo(0);
    expect(calibrationError([...forecasts(10, 0.95, 5), ...forecasts(10, 0.35, 5)])).toBeCloseTo((0.45 + 0.15) / 2);
    expect(calibrationError([])).toBe(0);
  });
});

describe('coverageAt', () => {
  it('is the greatest share from the surest down that is right often enough', () => {
    const all = [...forecasts(10, 0.6, 0), ...forecasts(20, 0.9, 20), ...forecasts(20, 0.8, 18)];

    expect(coverageAt(all, 0.95)).toBe(0.8);
    expect(coverageAt(all, 0.5)).toBe(1);
    expect(coverageAt([], 0.5)).toBe(0);
  });

  it('settles answers of one confidence together', () => {
    expect(coverageAt(forecasts(10, 0.9, 5), 0.95)).toBe(0);
  });
});
