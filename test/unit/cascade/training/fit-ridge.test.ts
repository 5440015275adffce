import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitRidge, type RidgeProblem } from '../../../../lib/cascade/training/fit-ridge.ts';

const row = (...values: number[]) => Float32Array.from(values);

/** Three of each of two classes, and three of none. */
const problem: RidgeProblem = {
  rows: [
    [row(0.9, 0.1, 0), row(0.8, 0, 0.2), row(1, 0.1, 0.1)],
    [row(0.1, 0.9, 0), row(0, 0.7, 0.1), row(0.2, 1, 0)],
    [row(0, 0.1, 1), row(0.1, 0, 0.8), row(0.3, 0.2, 0.9)],
  ].flat(),
  targets: [0, 0, 0, 1, 1, 1, 2, 2, 2],
  classes: 3,
};

async function fitOf(given: RidgeProblem, strength: number) {
  const [fit] = await fitRidge(given, [strength]);
  if (fit === undefined) throw new Error('a strength gives a fit');
  return fit;
}

function scoresOf({ weights, bias }: Awaited<ReturnType<typeof fitOf>>, of: Float32Array): number[] {
  return weights.map((own, c) => own.reduce((sum, weight, i) => sum + weight * (of[i] ?? 0), bias[c] ?? 0));
}

describe('the ridge fit', () => {
  it('gives each row its own class', async () => {
    const fit = await fitOf(problem, 0.1);

    const best = problem.rows.map((of) => scoresOf(fit, of)).map((scores) => scores.indexOf(Math.max(...scores)));

    expect(best).toEqual(problem.targets);
  });

  it('lies where the gradient of the penalised squares is nought', async () => {
    const strength = 0.3;
    const fit = await fitOf(problem, strength);

    const gradient = fit.weights.map((weights, c) =>
      Array.from(weights, (weight, i) =>
        problem.rows.reduce((sum, of, at) => {
          const error = (scoresOf(fit, of)[c] ?? 0) - (problem.targets[at] === c ? 1 : 0);
          return sum + error * (of[i] ?? 0);
        }, strength * weight),
      ),
    );

    for (const value of gradient.flat()) expect(value).toBeCloseTo(0, 10);
  });

  it('says of a row left out what a fit without it would say', async () => {
    const strength = 0.5;
    const held = (await fitOf(problem, strength)).heldOut[0] ?? [];

    const scores = scoresOf(await without(problem, 0, strength), problem.rows[0] ?? row());

    held.forEach((value, c) => {
      expect(value).toBeCloseTo(scores[c] ?? Number.NaN, 10);
    });
  });

  it('is the same each time, and finite for rows that are all the same', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }),
        async (one) => {
          const same = { rows: [one, one, one, one].map((of) => row(...of)), targets: [0, 0, 1, 2], classes: 3 };

          const [first, again] = [await fitOf(same, 0.3), await fitOf(same, 0.3)];

          expect(again).toEqual(first);
          expect(first.heldOut.flat().every(Number.isFinite)).toBe(true);
        },
      ),
    );
  });
});

/** The fit of all rows but one, with the weights that all rows together have: by plain gradient descent. */
async function without({ rows, targets, classes }: RidgeProblem, left: number, strength: number) {
  const width = rows[0]?.length ?? 0;
  const weights = Array.from({ length: classes }, () => new Float64Array(width));
  const bias: number[] = new Array(classes).fill(0);
  for (let step = 0; step < 20_000; step++) {
    for (let c = 0; c < classes; c++) {
      const own = weights[c] ?? new Float64Array();
      const gradient = own.map((weight) => strength * weight);
      let ofBias = strength * (bias[c] ?? 0);
      rows.forEach((of, at) => {
        if (at === left) return;
        const error =
          own.reduce((sum, weight, i) => sum + weight * (of[i] ?? 0), bias[c] ?? 0) - (targets[at] === c ? 1 : 0);
        for (let i = 0; i < width; i++) gradient[i] = (gradient[i] ?? 0) + error * (of[i] ?? 0);
        ofBias += error;
      });
      for (let i = 0; i < width; i++) own[i] = (own[i] ?? 0) - 0.05 * (gradient[i] ?? 0);
      bias[c] = (bias[c] ?? 0) - 0.05 * ofBias;
    }
  }
  return { strength, weights, bias, heldOut: [] };
}
