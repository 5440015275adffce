import { describe, expect, it } from 'vitest';
import { trainBagOfWords } from './bag-of-words.ts';
import { keywordProbability } from './keyword-rule.ts';
import { levelProbability } from './level-column.ts';

const LINES = [
  ['disk failure on 3', 1],
  ['disk replaced on 12', 0],
  ['cannot reach the broker', 1],
  ['reached the broker', 0],
  ['request failed', 1],
  ['request served', 0],
] as const;

describe('the bag of words', () => {
  const examples = LINES.map(([text, target]) => ({ text, target }));

  it('tells the lines it learned from apart', () => {
    const bag = trainBagOfWords(examples, 2);

    expect(LINES.map(([text]) => ((bag(text)[1] ?? 0) > 0.5 ? 1 : 0))).toEqual(LINES.map(([, target]) => target));
  });

  it('learns the same from the same seed, and reads any text', () => {
    const [one, other] = [trainBagOfWords(examples, 2, 3), trainBagOfWords(examples, 2, 3)];

    expect(one('the disk')).toEqual(other('the disk'));
    for (const hostile of ['', '\u0000\ud800', 'x'.repeat(1e6)])
      expect(one(hostile).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1);
  });
});

describe('keywordProbability', () => {
  it('looks for the words and for nothing else', () => {
    expect(keywordProbability('Connection REFUSED by peer')).toBe(1);
    expect(keywordProbability('terror film uploaded')).toBe(0);
  });
});

describe('levelProbability', () => {
  it('draws the line at warn and rises with the level', () => {
    const rising = ['debug', 'info', 'warn', 'error', 'critical'].map(levelProbability);

    expect(rising).toEqual([...rising].sort((a, b) => a - b));
    expect(rising.filter((p) => p >= 0.5)).toHaveLength(3);
    expect(levelProbability(undefined)).toBe(0);
  });
});
