import { describe, expect, it } from 'vitest';
import { multiLabelProbabilities, singleLabelProbabilities } from '../../../lib/inference/zero-shot-probabilities.ts';

const LOGITS = [
  { entailment: 2, notEntailment: -1 },
  { entailment: 0, notEntailment: 0 },
];

describe('singleLabelProbabilities', () => {
  it('is a softmax over the entailment logits', () => {
    const [first = 0, second = 0] = singleLabelProbabilities(LOGITS);

    expect(first).toBeCloseTo(Math.E ** 2 / (Math.E ** 2 + 1), 12);
    expect(first + second).toBeCloseTo(1, 12);
  });

  it('stands logits that would overflow, and none', () => {
    expect(singleLabelProbabilities([{ entailment: 1e4, notEntailment: 0 }])).toEqual([1]);
    expect(singleLabelProbabilities([])).toEqual([]);
  });
});

describe('multiLabelProbabilities', () => {
  it('judges each hypothesis by its own two logits', () => {
    const [first = 0, second = 0] = multiLabelProbabilities(LOGITS);

    expect(first).toBeCloseTo(Math.E ** 2 / (Math.E ** 2 + Math.E ** -1), 12);
    expect(second).toBe(0.5);
  });

  it('stands logits that would overflow', () => {
    expect(multiLabelProbabilities([{ entailment: -1e4, notEntailment: 1e4 }])).toEqual([0]);
  });
});
