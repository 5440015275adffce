import { softmax } from '../softmax.ts';

export interface Judged {
  readonly logits: readonly number[];
  /** Index of the true class. */
  readonly target: number;
}

const LOWEST = 0.005;
const HIGHEST = 20;
const GOLDEN = (Math.sqrt(5) - 1) / 2;
/** Narrows the span of three decades to a hundredth of a per cent. */
const STEPS = 24;

/** Mean negative log-likelihood of the truth at a temperature. */
export function lossAt(judged: readonly Judged[], temperature: number): number {
  const sum = judged.reduce(
    (total, { logits, target }) => total - Math.log(Math.max(softmax(logits, temperature)[target] ?? 0, 1e-12)),
    0,
  );
  return sum / Math.max(1, judged.length);
}

/**
 * The temperature at which logits are best calibrated: least negative log-likelihood on samples that the logits' model
 * has not seen [Guo et al. 2017]. The loss is convex in 1/T, so a golden-section search over log T finds its one valley.
 */
export function fitTemperature(judged: readonly Judged[]): number {
  const lossOf = (log: number) => lossAt(judged, Math.exp(log));
  let low = Math.log(LOWEST);
  let high = Math.log(HIGHEST);
  let [left, right] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
  let [lossLeft, lossRight] = [lossOf(left), lossOf(right)];
  for (let step = 0; step < STEPS; step++) {
    if (lossLeft <= lossRight) {
      [high, right, lossRight] = [right, left, lossLeft];
      left = high - GOLDEN * (high - low);
      lossLeft = lossOf(left);
    } else {
      [low, left, lossLeft] = [left, right, lossRight];
      right = low + GOLDEN * (high - low);
      lossRight = lossOf(right);
    }
  }
  return Math.exp((low + high) / 2);
}
