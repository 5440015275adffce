import { calibrationGap, leastBrier } from './calibration.ts';
import { type Cuts, cutsOf, evenWeights, type Forecast, type Ranked, rank } from './ranked.ts';

/** How well probabilities tell true from false. NaN where a figure is not defined (`auc` with one side empty). */
export type AnomalyScores = {
  readonly precision: number;
  readonly recall: number;
  /** At a threshold of 0.5. */
  readonly f1: number;
  /** The least and the best F1 at any threshold from 0.3 to 0.7. */
  readonly f1Least: number;
  readonly f1Best: number;
  readonly f1At9: number;
  /** Area under the ROC curve: how often a positive stands above a negative, ties half [Mann-Whitney]. */
  readonly auc: number;
  /** Mean squared distance of a probability from what happened. */
  readonly brier: number;
  /** Expected calibration error over ten equal bins. */
  readonly ece: number;
  /** Both after weighting the two sides to the declared prior. */
  readonly brierPrior: number;
  readonly ecePrior: number;
  /** The Brier score there after the best recalibration of these very lines: what their order alone loses. */
  readonly brierLeast: number;
};

/** Scores of forecasts that weigh differently: a bootstrap's counts, or ones. */
export function anomalyScores(ranked: Ranked, weights: Float64Array, prior: number): AnomalyScores {
  const cuts = cutsOf(ranked, weights);
  const total = cuts.said[cuts.count - 1] ?? 0;
  const positive = cuts.hits[cuts.count - 1] ?? 0;
  const half = lastAtOrAbove(cuts, 0.5);
  const atPrior =
    positive > 0 && positive < total
      ? reweighted(ranked, weights, {
          positive: (prior * total) / positive,
          negative: ((1 - prior) * total) / (total - positive),
        })
      : undefined;
  return {
    precision: half < 0 ? 0 : (cuts.hits[half] ?? 0) / (cuts.said[half] ?? 1),
    recall: half < 0 || positive === 0 ? 0 : (cuts.hits[half] ?? 0) / positive,
    f1: f1Of(cuts, half, positive),
    ...f1Between(cuts, positive),
    f1At9: f1Of(cuts, lastAtOrAbove(cuts, 0.9), positive),
    auc: areaUnder(cuts, positive, total - positive),
    brier: brier(ranked, weights),
    ece: calibrationGap(ranked, weights),
    brierPrior: atPrior === undefined ? Number.NaN : brier(ranked, atPrior),
    ecePrior: atPrior === undefined ? Number.NaN : calibrationGap(ranked, atPrior),
    brierLeast: atPrior === undefined ? Number.NaN : leastBrier(ranked, atPrior),
  };
}

export function scoresOf(forecasts: readonly Forecast[], prior = 0.5): AnomalyScores {
  return anomalyScores(rank(forecasts), evenWeights(forecasts.length), prior);
}

/** The cut that a threshold makes: an anomaly is a score at or above it. -1 where nothing is. */
function lastAtOrAbove({ count, probability }: Cuts, threshold: number): number {
  let at = -1;
  while (at + 1 < count && (probability[at + 1] ?? 0) >= threshold) at++;
  return at;
}

function f1Of({ said, hits }: Cuts, at: number, positive: number): number {
  const right = at < 0 ? 0 : (hits[at] ?? 0);
  return right === 0 ? 0 : (2 * right) / ((said[at] ?? 0) + positive);
}

/** Thresholds from 0.7 down to 0.3: each cut between them, and the one that 0.7 itself makes. */
function f1Between(cuts: Cuts, positive: number): { f1Least: number; f1Best: number } {
  const last = lastAtOrAbove(cuts, 0.3);
  let at = lastAtOrAbove(cuts, 0.7);
  let [f1Least, f1Best] = [1, 0];
  for (; at <= last; at++) {
    const f1 = f1Of(cuts, at, positive);
    f1Least = Math.min(f1Least, f1);
    f1Best = Math.max(f1Best, f1);
  }
  return { f1Least, f1Best };
}

function areaUnder({ count, said, hits }: Cuts, positive: number, negative: number): number {
  let [area, hitsBefore, saidBefore] = [0, 0, 0];
  for (let at = 0; at < count; at++) {
    const positives = (hits[at] ?? 0) - hitsBefore;
    const negatives = (said[at] ?? 0) - saidBefore - positives;
    area += negatives * (hitsBefore + positives / 2);
    hitsBefore += positives;
    saidBefore += positives + negatives;
  }
  return area / (positive * negative);
}

function brier({ probability, outcome, row }: Ranked, weights: Float64Array): number {
  let [sum, total] = [0, 0];
  for (let at = 0; at < row.length; at++) {
    const weight = weights[row[at] ?? 0] ?? 0;
    sum += weight * ((probability[at] ?? 0) - (outcome[at] ?? 0)) ** 2;
    total += weight;
  }
  return sum / total;
}

function reweighted({ outcome, row }: Ranked, weights: Float64Array, by: { positive: number; negative: number }) {
  const changed = new Float64Array(weights.length);
  row.forEach((index, at) => {
    changed[index] = (weights[index] ?? 0) * (outcome[at] === 1 ? by.positive : by.negative);
  });
  return changed;
}
