import { describe, expect, it } from 'vitest';
import { compileRules, type Rule } from '../../../../lib/cascade/rules.ts';
import { countRules, fitSimilarity } from '../../../../lib/cascade/training/calibrate-stages.ts';
import { cascadeAnswers, outOfFoldStage } from '../../../../lib/cascade/training/cascade-answers.ts';
import { aSample } from '../../../factories/samples.ts';
import { someSettings } from '../a-cascade.ts';

const RULES: readonly Rule[] = [
  { id: 'kettle', label: 'Tool', pattern: 'kettle', confidence: 0.99 },
  { id: 'plum', label: 'Fruit', pattern: 'plum', confidence: 0.99 },
  { id: 'never', label: 'Fruit', pattern: 'never seen', confidence: 0.99 },
];
const matcher = compileRules(RULES, new Set(['Fruit', 'Tool']));

describe('countRules', () => {
  it('counts templates, not lines, and draws what was seldom seen to what rules reach together', () => {
    const samples = [
      ...Array.from({ length: 8 }, (_, at) => aSample({ label: 'Tool', canonical: `kettle ${at}` })),
      aSample({ label: 'Fruit', canonical: 'kettle of plums' }),
      aSample({ label: 'Fruit', canonical: 'a plum' }),
      aSample({ label: 'Fruit', canonical: 'the same plum' }),
    ];
    const groups = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9];

    const counted = countRules(RULES, matcher, samples, groups);

    const together = (9 + 1) / (10 + 2);
    expect(counted.kettle).toMatchObject({ of: 9, right: 8, confidence: expect.closeTo((8 + 2 * together) / 11, 3) });
    expect(counted.plum).toMatchObject({ of: 1, right: 1, confidence: expect.closeTo((1 + 2 * together) / 3, 3) });
    expect(counted.never).toMatchObject({ of: 0, right: 0, confidence: expect.closeTo(together, 3) });
  });
});

describe('fitSimilarity', () => {
  const settings = someSettings();

  it('finds the temperature at which similarity is a probability, and a threshold by the lines it would be asked', () => {
    const certain = Array.from({ length: 30 }, () => ({ label: 'Fruit', cosines: [0.9, 0.1, 0.2], asked: true }));
    const doubtful = Array.from({ length: 30 }, (_, at) => ({
      label: at % 3 === 0 ? 'Tool' : 'Fruit',
      cosines: [0.4, 0.35, 0.1],
      asked: true,
    }));
    const easy = Array.from({ length: 30 }, () => ({ label: 'Tool', cosines: [0.1, 0.2, 0.1], asked: false }));
    const all = [...certain, ...doubtful, ...easy];

    const { calibration, chosen, forecasts } = fitSimilarity(
      settings,
      all,
      all.map(({ cosines }) => cosines),
      all.map(({ asked }) => asked),
      0.95,
    );

    expect(calibration.temperature).toBeGreaterThan(0.01);
    expect(calibration.temperature).toBeLessThan(0.2);
    expect(chosen).toMatchObject({ precision: 1, coverage: 0.5, reached: true });
    expect(calibration.threshold).toBeGreaterThan(forecasts[30]?.confidence ?? 1);
    expect(calibration.threshold).toBeLessThanOrEqual(forecasts[0]?.confidence ?? 0);
  });

  it('has nothing to say of a line that is nearest to the background', () => {
    const { forecasts } = fitSimilarity(settings, [{ label: 'Unclassified' }], [[0.1, 0.1, 0.9]], [true], 0.95);

    expect(forecasts).toEqual([undefined]);
  });
});

describe('outOfFoldStage', () => {
  it('answers each sample from its own probabilities, in the cascade in its place', async () => {
    const samples = [
      aSample({ label: 'Fruit', canonical: 'a pear' }),
      aSample({ label: 'Tool', canonical: 'a pear' }),
      aSample({ label: 'Tool', canonical: 'one plum' }),
    ];
    const head = { labels: ['Fruit', 'Tool'], threshold: 0.6 };
    const stage = outOfFoldStage(head, samples, [
      [0.9, 0.1],
      [0.5, 0.5],
      [0, 1],
    ]);
    const rule = { ...stage, name: 'rule' as const, ask: async () => undefined };

    const answers = await cascadeAnswers(samples, [rule, stage], matcher);

    expect(answers.map(({ sure }) => sure?.category)).toEqual(['Fruit', undefined, 'Tool']);
    expect(answers[1]?.guess).toMatchObject({ category: 'Fruit', confidence: 0.5 });
  });
});
