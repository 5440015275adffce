import { describe, expect, it } from 'vitest';
import { scoreLabels } from '../../models/training/label-scores.ts';
import { areaUnderCurve, binaryScores, brierScore, calibrationError } from './metrics.ts';

const forecast = (probability: number, outcome: boolean) => ({ probability, outcome });

describe('areaUnderCurve', () => {
  it('is 1 where every positive scores higher, 0 the other way round, one half for ties', () => {
    expect(areaUnderCurve([forecast(0.9, true), forecast(0.8, true), forecast(0.1, false)])).toBe(1);
    expect(areaUnderCurve([forecast(0.1, true), forecast(0.9, false)])).toBe(0);
    expect(areaUnderCurve([forecast(0.5, true), forecast(0.5, false), forecast(0.5, false)])).toBe(0.5);
  });

  it('is not defined where one side is empty', () => {
    expect(areaUnderCurve([forecast(0.5, true)])).toBeUndefined();
  });
});

describe('calibrationError and brierScore', () => {
  it('are 0 for a forecaster who is always right and sure', () => {
    const sure = [forecast(1, true), forecast(0, false)];

    expect([calibrationError(sure), brierScore(sure)]).toEqual([0, 0]);
  });

  it('measure the distance of what was said from what happened', () => {
    const bold = [forecast(0.95, true), forecast(0.95, false)];

    expect(calibrationError(bold)).toBeCloseTo(0.45);
    expect(brierScore(bold)).toBeCloseTo((0.05 ** 2 + 0.95 ** 2) / 2);
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
