import { dot, softmax } from '../../lib/cascade/softmax.ts';
import { minimise } from './lbfgs.ts';

export interface Example {
  readonly vector: Float32Array;
  /** Index of the class. */
  readonly target: number;
  readonly weight: number;
}
export interface LinearModel {
  /** One row per class. */
  readonly weights: readonly (readonly number[])[];
  readonly bias: readonly number[];
}

/**
 * Multinomial logistic regression: minimises the weighted mean cross-entropy plus `l2 / 2 · |W|²` (bias free) by L-BFGS.
 * Balance classes by the examples' weights.
 */
export function fitLogistic(examples: readonly Example[], classes: number, l2: number): LinearModel {
  const width = examples[0]?.vector.length ?? 0;
  const total = examples.reduce((sum, { weight }) => sum + weight, 0);
  const row = width + 1; // the bias is the last of a row

  function lossAndGradient(theta: Float64Array): { loss: number; gradient: Float64Array } {
    const gradient = new Float64Array(theta.length);
    let loss = 0;
    for (const { vector, target, weight } of examples) {
      const probabilities = softmax(logitsOf(theta, vector, classes));
      loss -= (weight / total) * Math.log(Math.max(probabilities[target] ?? 0, 1e-12));
      for (let c = 0; c < classes; c++) {
        const error = (weight / total) * ((probabilities[c] ?? 0) - (c === target ? 1 : 0));
        for (let i = 0; i < width; i++) gradient[c * row + i] = (gradient[c * row + i] ?? 0) + error * (vector[i] ?? 0);
        gradient[c * row + width] = (gradient[c * row + width] ?? 0) + error;
      }
    }
    for (let at = 0; at < theta.length; at++) {
      if (at % row === width) continue;
      loss += (l2 / 2) * (theta[at] ?? 0) ** 2;
      gradient[at] = (gradient[at] ?? 0) + l2 * (theta[at] ?? 0);
    }
    return { loss, gradient };
  }

  const theta = minimise(lossAndGradient, new Float64Array(classes * row), { iterations: 300, tolerance: 1e-6 });
  const rows = Array.from({ length: classes }, (_, c) => Array.from(theta.subarray(c * row, (c + 1) * row)));
  return { weights: rows.map((values) => values.slice(0, width)), bias: rows.map((values) => values[width] ?? 0) };
}

function logitsOf(theta: Float64Array, vector: Float32Array, classes: number): number[] {
  const row = vector.length + 1;
  return Array.from(
    { length: classes },
    (_, c) => dot(vector, theta.subarray(c * row, (c + 1) * row)) + (theta[c * row + vector.length] ?? 0),
  );
}

export function logits(model: LinearModel, vector: Float32Array): number[] {
  return model.weights.map((weights, c) => dot(vector, weights) + (model.bias[c] ?? 0));
}

/** The temperature at which held-out logits are best calibrated: least mean negative log-likelihood over a fine grid. */
export function fitTemperature(
  heldOut: readonly { logits: readonly number[]; target: number; weight: number }[],
): number {
  const loss = (temperature: number) =>
    heldOut.reduce(
      (sum, { logits: z, target, weight }) =>
        sum - weight * Math.log(Math.max(softmax(z, temperature)[target] ?? 0, 1e-12)),
      0,
    );
  const grid = Array.from({ length: 60 }, (_, step) => 0.2 * 1.05 ** step);
  return grid.reduce((best, temperature) => (loss(temperature) < loss(best) ? temperature : best));
}
