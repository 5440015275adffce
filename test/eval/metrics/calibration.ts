import { cutsOf, type Forecast, type Ranked, rank } from './ranked.ts';

const BINS = 10;

/** One bin of a reliability diagram. */
export interface Bin {
  /** Sum of the weights inside. */
  readonly weight: number;
  readonly meanProbability: number;
  readonly shareTrue: number;
}

/** Ten equal bins from 0 to 1; means are 0 where a bin is empty. */
export function reliabilityBins({ probability, outcome, row }: Ranked, weights: Float64Array): readonly Bin[] {
  const sums = Array.from({ length: BINS }, () => ({ weight: 0, probability: 0, outcome: 0 }));
  for (let at = 0; at < row.length; at++) {
    const weight = weights[row[at] ?? 0] ?? 0;
    const sum = sums[Math.min(BINS - 1, Math.floor((probability[at] ?? 0) * BINS))];
    if (sum === undefined) continue;
    sum.weight += weight;
    sum.probability += weight * (probability[at] ?? 0);
    sum.outcome += weight * (outcome[at] ?? 0);
  }
  return sums.map(({ weight, probability: p, outcome: o }) => ({
    weight,
    meanProbability: weight === 0 ? 0 : p / weight,
    shareTrue: weight === 0 ? 0 : o / weight,
  }));
}

/** Expected calibration error: the mean distance of a bin's mean probability from its share of true outcomes. */
export function calibrationGap(ranked: Ranked, weights: Float64Array): number {
  const bins = reliabilityBins(ranked, weights);
  const total = bins.reduce((sum, { weight }) => sum + weight, 0);
  return bins.reduce((sum, bin) => sum + (bin.weight * Math.abs(bin.meanProbability - bin.shareTrue)) / total, 0);
}

/** The least Brier score that any never falling function of the probabilities has on these outcomes [isotonic regression, pool adjacent violators]. */
export function leastBrier(ranked: Ranked, weights: Float64Array): number {
  const { count, said, hits } = cutsOf(ranked, weights);
  const pools: { weight: number; hits: number }[] = [];
  for (let at = 0; at < count; at++) {
    const pool = { weight: (said[at] ?? 0) - (said[at - 1] ?? 0), hits: (hits[at] ?? 0) - (hits[at - 1] ?? 0) };
    let above = pools.at(-1);
    while (above !== undefined && above.hits * pool.weight <= pool.hits * above.weight) {
      pool.weight += above.weight;
      pool.hits += above.hits;
      pools.pop();
      above = pools.at(-1);
    }
    pools.push(pool);
  }
  return (
    pools.reduce((sum, pool) => sum + (pool.hits * (pool.weight - pool.hits)) / pool.weight, 0) / (said[count - 1] ?? 0)
  );
}

/** The threshold at which most can be answered at a wanted precision: the least from which upwards the forecasts are true often enough. NaN where there is none. */
export function thresholdFor(forecasts: readonly Forecast[], precision: number): number {
  const { probability, outcome } = rank(forecasts);
  let [threshold, hits] = [Number.NaN, 0];
  probability.forEach((p, at) => {
    hits += outcome[at] ?? 0;
    if (probability[at + 1] !== p && hits / (at + 1) >= precision) threshold = p;
  });
  return threshold;
}
