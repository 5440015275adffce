import { softmax } from '../../../lib/cascade/softmax.ts';
import { randomOf } from '../metrics/bootstrap.ts';

export interface TextExample {
  readonly text: string;
  /** Index of the class. */
  readonly target: number;
}
/** A text's probability of each class. */
export type BagOfWords = (text: string) => readonly number[];

const BUCKETS = 2 ** 17;
const EPOCHS = 4;
const STEP = 0.3;
const L2 = 1e-6;
const MAX_CHARS = 2000;

/**
 * Hashed logistic regression on words and pairs of neighbours, by stochastic gradient steps that shrink per weight
 * [AdaGrad]; every class has the same say however many examples it has. What anybody could have in an afternoon.
 */
export function trainBagOfWords(examples: readonly TextExample[], classes: number, seed = 1): BagOfWords {
  const weights = new Float32Array(BUCKETS * classes);
  const squares = new Float32Array(BUCKETS * classes).fill(1e-6);
  const featured = examples.map(({ text, target }) => ({ features: featuresOf(text), target }));
  const importance = classWeights(examples, classes);
  const random = randomOf(seed);
  for (let epoch = 0; epoch < EPOCHS; epoch++)
    for (const { features, target } of shuffled(featured, random)) {
      const probabilities = softmax(logitsOf(weights, features, classes));
      for (let c = 0; c < classes; c++) {
        const error = ((probabilities[c] ?? 0) - (c === target ? 1 : 0)) * (importance[target] ?? 1);
        for (const feature of features)
          step(weights, squares, feature * classes + c, error / Math.sqrt(features.length));
      }
    }
  return (text) => softmax(logitsOf(weights, featuresOf(text), classes));
}

function step(weights: Float32Array, squares: Float32Array, at: number, gradient: number): void {
  const whole = gradient + L2 * (weights[at] ?? 0);
  const square = (squares[at] ?? 0) + whole * whole;
  squares[at] = square;
  weights[at] = (weights[at] ?? 0) - (STEP * whole) / Math.sqrt(square);
}

function logitsOf(weights: Float32Array, features: readonly number[], classes: number): Float64Array {
  const sums = new Float64Array(classes);
  const scale = 1 / Math.sqrt(features.length);
  for (const feature of features)
    for (let c = 0; c < classes; c++) sums[c] = (sums[c] ?? 0) + (weights[feature * classes + c] ?? 0) * scale;
  return sums;
}

/** Buckets of the text's words, of its pairs of neighbours, and of one that every text has. Digits are one sign. */
function featuresOf(text: string): readonly number[] {
  const words =
    text
      .slice(0, MAX_CHARS)
      .toLowerCase()
      .replaceAll(/\d+/g, '0')
      .match(/[\p{L}\p{M}0_]+/gu) ?? [];
  const features = [0];
  words.forEach((word, at) => {
    features.push(bucketOf(word));
    if (at > 0) features.push(bucketOf(`${words[at - 1]} ${word}`));
  });
  return features;
}

/** FNV-1a. */
function bucketOf(feature: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < feature.length; at++) hash = Math.imul(hash ^ feature.charCodeAt(at), 0x01000193);
  return (hash >>> 0) % BUCKETS;
}

function classWeights(examples: readonly TextExample[], classes: number): readonly number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const { target } of examples) counts[target] = (counts[target] ?? 0) + 1;
  return counts.map((count) => (count === 0 ? 1 : examples.length / (classes * count)));
}

function shuffled<Item>(items: readonly Item[], random: () => number): readonly Item[] {
  const keyed = items.map((item) => ({ item, key: random() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}
