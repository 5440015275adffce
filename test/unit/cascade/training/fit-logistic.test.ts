import { describe, expect, it } from 'vitest';
import { softmax } from '../../../../lib/cascade/softmax.ts';
import { fitLogistic, logitsOf, type Matrix, pickRows } from '../../../../lib/cascade/training/fit-logistic.ts';
import { someNoise } from '../../../factories/samples.ts';

const WIDTH = 5;
const BUCKETS = 3;

function someRows(rows: number): { matrix: Matrix; targets: number[] } {
  const random = someNoise(5);
  const values = Float64Array.from({ length: rows * WIDTH }, () => 2 + random());
  const words = Array.from({ length: rows }, (_, row) => [[0], [1, 2], [], [0, 1, 2]][row % 4] ?? []);
  const targets = Array.from({ length: rows }, (_, row) => {
    const lean = (values[row * WIDTH] ?? 0) - (values[row * WIDTH + 1] ?? 0) + 0.3 * random();
    return lean > 0.3 ? 0 : lean > -0.3 ? 1 : 2;
  });
  return { matrix: { rows, width: WIDTH, values, buckets: BUCKETS, words }, targets };
}

describe('fitLogistic', () => {
  it('ends where no weight wants to move: the penalty balances the errors of weighted rows', () => {
    const { matrix, targets } = someRows(60);
    const weights = targets.map((target) => 1 + target);
    const l2 = 0.01;

    const model = fitLogistic(matrix, targets, weights, { classes: 3, l2 });

    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (let c = 0; c < 3; c++) {
      const errors = targets.map((target, row) => {
        const p = softmax(logitsOf(model, matrix, row))[c] ?? 0;
        return ((weights[row] ?? 0) / total) * (p - (target === c ? 1 : 0));
      });
      const sumOver = (feature: (row: number) => number) =>
        errors.reduce((sum, error, row) => sum + error * feature(row), 0);
      expect(Math.abs(sumOver(() => 1))).toBeLessThan(1e-3);
      for (let i = 0; i < WIDTH; i++) {
        const pull = sumOver((row) => matrix.values[row * WIDTH + i] ?? 0) + l2 * (model.weights[c]?.[i] ?? 0);
        expect(Math.abs(pull)).toBeLessThan(1e-3);
      }
      for (let bucket = 0; bucket < BUCKETS; bucket++) {
        const feature = (row: number) => {
          const on = matrix.words[row] ?? [];
          return on.includes(bucket) ? 1 / Math.sqrt(on.length) : 0;
        };
        expect(Math.abs(sumOver(feature) + l2 * (model.weights[c]?.[WIDTH + bucket] ?? 0))).toBeLessThan(1e-3);
      }
    }
  });

  it('ends at the same place from another start', () => {
    const { matrix, targets } = someRows(40);
    const even = targets.map(() => 1);
    const start = fitLogistic(matrix, targets, even, { classes: 3, l2: 1 });

    const cold = fitLogistic(matrix, targets, even, { classes: 3, l2: 0.05 });
    const warm = fitLogistic(matrix, targets, even, { classes: 3, l2: 0.05, start });

    targets.forEach((_, row) => {
      const [a, b] = [softmax(logitsOf(cold, matrix, row)), softmax(logitsOf(warm, matrix, row))];
      expect(Math.max(...a.map((p, c) => Math.abs(p - (b[c] ?? 0))))).toBeLessThan(0.01);
    });
  });

  it('learns what only words tell', () => {
    const words = Array.from({ length: 20 }, (_, row) => [row % 2]);
    const matrix = { rows: 20, width: 1, values: new Float64Array(20), buckets: 2, words };
    const targets = words.map(([bucket = 0]) => bucket);

    const model = fitLogistic(
      matrix,
      targets,
      targets.map(() => 1),
      { classes: 2, l2: 1e-3 },
    );

    expect(targets.map((_, row) => (logitsOf(model, matrix, row)[1] ?? 0) > 0)).toEqual(
      targets.map((one) => one === 1),
    );
  });

  it('picks rows with all they have', () => {
    const { matrix } = someRows(4);

    const picked = pickRows(matrix, [3, 1]);

    expect(picked).toMatchObject({
      rows: 2,
      words: [
        [0, 1, 2],
        [1, 2],
      ],
    });
    expect([...picked.values]).toEqual([
      ...matrix.values.subarray(3 * WIDTH, 4 * WIDTH),
      ...matrix.values.subarray(WIDTH, 2 * WIDTH),
    ]);
  });
});
