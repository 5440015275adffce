import { describe, expect, it } from 'vitest';
import { type CategoryHead, headAnswer, headSchema } from '../../../lib/cascade/category-head.ts';
import { wordBuckets } from '../../../lib/cascade/head-features.ts';
import { aSample } from '../../factories/samples.ts';

const HEAD: CategoryHead = {
  labels: ['Coffee', 'Tea', 'Unclassified'],
  weights: [
    [2, 0],
    [0, 2],
    [0, 0],
  ],
  bias: [0, 0, 0],
  temperature: 1,
  threshold: 0.5,
  trainedOn: 'fake@1',
};

function answer(head: CategoryHead, given: { vector?: number[]; errorLogit?: number; text?: string }) {
  const { embedded } = aSample({ vector: given.vector ?? [1, 0], errorLogit: given.errorLogit ?? 0 });
  return headAnswer(head, { text: given.text ?? '', embedded });
}

describe('headAnswer', () => {
  it('is sure at the threshold of its label, where it has one', () => {
    const confidence = Math.exp(2) / (Math.exp(2) + 2);

    const shared = answer({ ...HEAD, thresholds: { Tea: 0.99 } }, { vector: [1, 0] });
    const own = answer({ ...HEAD, thresholds: { Tea: 0.99 } }, { vector: [0, 1] });

    expect(shared).toEqual({ category: 'Coffee', confidence: expect.closeTo(confidence), sure: true });
    expect(own).toEqual({ category: 'Tea', confidence: expect.closeTo(confidence), sure: false });
  });

  it('is not sure where none of these is likelier, however low the threshold', () => {
    const said = answer({ ...HEAD, threshold: 0, bias: [0, 0, 3] }, {});

    expect(said).toMatchObject({ category: 'Coffee', sure: false });
  });

  it('hears the severities where the head has a scale for them', () => {
    const weights = [
      [0, 0, 0, 0, 0, 9, 0],
      [0, 0, 0, 0, 0, -9, 0],
      [0, 0, 0, 0, 0, 0, 0],
    ];

    const failing = answer({ ...HEAD, weights, severityScale: 0.1 }, { errorLogit: 5 });
    const fine = answer({ ...HEAD, weights, severityScale: 0.1 }, { errorLogit: -5 });

    expect([failing?.category, fine?.category]).toEqual(['Coffee', 'Tea']);
  });

  it('hears words in any case where the head has weights for them, and passes over those it has none for', () => {
    const [bucket = 0] = wordBuckets('kettle', 64);
    const head = { ...HEAD, words: { buckets: 64, weights: { [bucket]: [0, 9, 0] } } };

    expect(answer(head, { text: 'KETTLE' })?.category).toBe('Tea');
    expect(answer(head, { text: '7 7' })?.category).toBe('Coffee');
  });

  it('reads a text of words without end in bounded time', () => {
    const text = Array.from({ length: 100_000 }, (_, at) => `w${at}x`).join(' ');

    expect(wordBuckets(text, 65_536).length).toBeLessThanOrEqual(128);
  });
});

describe('headSchema', () => {
  it.each([
    ['labels and weights', { weights: [[1, 1]] }, /differ in number/],
    ['rows of weights', { weights: [[1, 1], [1], [1, 1]] }, /rows of weights differ in length/],
    ['weights of words', { words: { buckets: 8, weights: { 3: [1, 2] } } }, /labels and weights of words/],
  ])('refuses %s that do not fit', (_, change, message) => {
    const parsed = headSchema.safeParse({ ...HEAD, ...change });

    expect(parsed.error?.issues.map((issue) => issue.message).join()).toMatch(message);
  });
});
