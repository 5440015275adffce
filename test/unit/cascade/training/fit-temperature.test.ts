import { describe, expect, it } from 'vitest';
import { softmax } from '../../../../lib/cascade/softmax.ts';
import { fitTemperature, lossAt } from '../../../../lib/cascade/training/fit-temperature.ts';
import { someNoise } from '../../../factories/samples.ts';

/** Logits whose truth is drawn from their own probabilities at a temperature. */
function judgedAt(temperature: number) {
  const random = someNoise(3);
  return Array.from({ length: 4000 }, () => {
    const logits = [3 * random(), 3 * random(), 3 * random()];
    const [first = 0, second = 0] = softmax(logits, temperature);
    const draw = (random() + 1) / 2;
    return { logits, target: draw < first ? 0 : draw < first + second ? 1 : 2 };
  });
}

describe('fitTemperature', () => {
  it.each([0.3, 1, 4])('finds the temperature %f that the truth was drawn at', (temperature) => {
    const found = fitTemperature(judgedAt(temperature));

    expect(found / temperature).toBeGreaterThan(0.9);
    expect(found / temperature).toBeLessThan(1.1);
  });

  it('is at least as likely as any other', () => {
    const judged = judgedAt(0.7).slice(0, 100);

    const found = lossAt(judged, fitTemperature(judged));

    for (const other of [0.01, 0.2, 0.5, 0.7, 1, 2, 10]) expect(found).toBeLessThanOrEqual(lossAt(judged, other));
  });
});
