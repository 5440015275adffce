import { wordWeight } from '../head-features.ts';
import { minimise } from './lbfgs.ts';

/** Features of rows: dense numbers of one width, one row after the other, and words as buckets of which few are on. */
export interface Matrix {
  readonly rows: number;
  readonly width: number;
  /** Row-major, `rows · width` numbers. */
  readonly values: Float64Array;
  readonly buckets: number;
  /** The buckets that are on in each row; each of n counts `1 / √n`. */
  readonly words: readonly (readonly number[])[];
}
export interface LinearModel {
  /** One row per class: first the dense columns, then the buckets. */
  readonly weights: readonly Float64Array[];
  readonly bias: readonly number[];
}
export interface FitOptions {
  readonly classes: number;
  /** Strength of the penalty `l2 / 2 · |W|²`; the bias is free. */
  readonly l2: number;
  /** Where to begin: a model fitted with another strength saves most of the steps. */
  readonly start?: LinearModel;
}

const ITERATIONS = 200;
/** Of the gradient's norm; a tenth of it changes no probability by .001. */
const TOLERANCE = 1e-4;

/**
 * Multinomial logistic regression: minimises the weighted mean cross-entropy plus the penalty by L-BFGS.
 * `targets` holds each row's class, `weights` how much it counts (only their ratios matter).
 * Dense columns are centred while fitting, which changes nothing but the number of steps.
 */
export function fitLogistic(
  matrix: Matrix,
  targets: ArrayLike<number>,
  weights: ArrayLike<number>,
  { classes, l2, start }: FitOptions,
): LinearModel {
  const { rows, width, buckets, words } = matrix;
  const means = columnMeans(matrix);
  const centred = matrix.values.map((value, at) => value - (means[at % width] ?? 0));
  const shares = shareOfEach(weights, rows);
  const row = width + buckets + 1; // the bias is the last of a row
  const scores = new Float64Array(classes);

  function lossAndGradient(theta: Float64Array): { loss: number; gradient: Float64Array } {
    const gradient = new Float64Array(theta.length);
    let loss = 0;
    for (let r = 0; r < rows; r++) {
      const on = words[r] ?? [];
      const target = targets[r] ?? 0;
      const share = shares[r] ?? 0;
      for (let c = 0; c < classes; c++)
        scores[c] =
          (theta[(c + 1) * row - 1] ?? 0) +
          product(theta, c * row, centred, r * width, width) +
          sumOfWords(theta, c * row + width, on);
      loss += share * crossEntropy(scores, target);
      for (let c = 0; c < classes; c++) {
        const error = share * ((scores[c] ?? 0) - (c === target ? 1 : 0));
        addProduct(gradient, c * row, centred, r * width, width, error);
        addToWords(gradient, c * row + width, on, error);
        gradient[(c + 1) * row - 1] = (gradient[(c + 1) * row - 1] ?? 0) + error;
      }
    }
    return { loss: loss + penalise(theta, gradient, row, l2), gradient };
  }

  const begun = begin(start, means, row, classes);
  const fitted = minimise(lossAndGradient, begun, { iterations: ITERATIONS, tolerance: TOLERANCE });
  return uncentred(fitted, means, row, classes);
}

/** A row's logits under a model. */
export function logitsOf({ weights, bias }: LinearModel, { values, width, words }: Matrix, row: number): number[] {
  return weights.map(
    (own, c) => (bias[c] ?? 0) + product(own, 0, values, row * width, width) + sumOfWords(own, width, words[row] ?? []),
  );
}

/** The matrix of some of the rows, in the order named. */
export function pickRows({ width, values, buckets, words }: Matrix, picked: readonly number[]): Matrix {
  const some = new Float64Array(picked.length * width);
  picked.forEach((row, at) => {
    some.set(values.subarray(row * width, (row + 1) * width), at * width);
  });
  return { rows: picked.length, width, values: some, buckets, words: picked.map((row) => words[row] ?? []) };
}

/** Four sums at once: one alone waits for its own last addition, which takes three times as long. */
function product(theta: Float64Array, from: number, values: Float64Array, at: number, width: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (; i + 3 < width; i += 4) {
    a += (theta[from + i] ?? 0) * (values[at + i] ?? 0);
    b += (theta[from + i + 1] ?? 0) * (values[at + i + 1] ?? 0);
    c += (theta[from + i + 2] ?? 0) * (values[at + i + 2] ?? 0);
    d += (theta[from + i + 3] ?? 0) * (values[at + i + 3] ?? 0);
  }
  for (; i < width; i++) a += (theta[from + i] ?? 0) * (values[at + i] ?? 0);
  return a + b + c + d;
}

function addProduct(
  gradient: Float64Array,
  to: number,
  values: Float64Array,
  at: number,
  width: number,
  error: number,
): void {
  for (let i = 0; i < width; i++) gradient[to + i] = (gradient[to + i] ?? 0) + error * (values[at + i] ?? 0);
}

function sumOfWords(theta: Float64Array, from: number, on: readonly number[]): number {
  let sum = 0;
  for (const bucket of on) sum += theta[from + bucket] ?? 0;
  return sum * wordWeight(on.length);
}

function addToWords(gradient: Float64Array, to: number, on: readonly number[], error: number): void {
  const share = error * wordWeight(on.length);
  for (const bucket of on) gradient[to + bucket] = (gradient[to + bucket] ?? 0) + share;
}

/** Turns scores into probabilities in place; returns minus the logarithm of the target's. */
function crossEntropy(scores: Float64Array, target: number): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (const score of scores) if (score > highest) highest = score;
  const targetScore = (scores[target] ?? 0) - highest;
  let sum = 0;
  for (let c = 0; c < scores.length; c++) {
    const exp = Math.exp((scores[c] ?? 0) - highest);
    scores[c] = exp;
    sum += exp;
  }
  for (let c = 0; c < scores.length; c++) scores[c] = (scores[c] ?? 0) / sum;
  return Math.log(sum) - targetScore;
}

function penalise(theta: Float64Array, gradient: Float64Array, row: number, l2: number): number {
  let penalty = 0;
  for (let at = 0; at < theta.length; at++) {
    if (at % row === row - 1) continue;
    const value = theta[at] ?? 0;
    penalty += (l2 / 2) * value * value;
    gradient[at] = (gradient[at] ?? 0) + l2 * value;
  }
  return penalty;
}

function columnMeans({ rows, width, values }: Matrix): Float64Array {
  const means = new Float64Array(width);
  for (let at = 0; at < values.length; at++) means[at % width] = (means[at % width] ?? 0) + (values[at] ?? 0) / rows;
  return means;
}

function shareOfEach(weights: ArrayLike<number>, rows: number): Float64Array {
  const shares = Float64Array.from({ length: rows }, (_, r) => weights[r] ?? 0);
  const total = shares.reduce((sum, weight) => sum + weight, 0);
  return shares.map((weight) => weight / total);
}

/** Parameters on centred columns: the bias takes over what the means would have given. */
function begin(start: LinearModel | undefined, means: Float64Array, row: number, classes: number): Float64Array {
  const theta = new Float64Array(classes * row);
  start?.weights.forEach((weights, c) => {
    theta.set(weights, c * row);
    theta[(c + 1) * row - 1] = (start.bias[c] ?? 0) + product(weights, 0, means, 0, means.length);
  });
  return theta;
}

function uncentred(theta: Float64Array, means: Float64Array, row: number, classes: number): LinearModel {
  const weights = Array.from({ length: classes }, (_, c) => theta.slice(c * row, (c + 1) * row - 1));
  const bias = weights.map((own, c) => (theta[(c + 1) * row - 1] ?? 0) - product(own, 0, means, 0, means.length));
  return { weights, bias };
}
