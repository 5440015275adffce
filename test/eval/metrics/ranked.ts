/** A probability and whether what it was given for turned out true. */
export interface Forecast {
  readonly probability: number;
  readonly outcome: boolean;
}

/** Forecasts as columns from the most to the least probable, so that a resample is one pass and no sort. */
export interface Ranked {
  readonly probability: Float64Array;
  readonly outcome: Uint8Array;
  /** Where each stood in the order given: the index of its weight. */
  readonly row: Uint32Array;
}

export function rank(forecasts: readonly Forecast[]): Ranked {
  const order = forecasts.map((_, row) => row);
  order.sort((a, b) => (forecasts[b]?.probability ?? 0) - (forecasts[a]?.probability ?? 0) || a - b);
  return {
    probability: Float64Array.from(order, (row) => forecasts[row]?.probability ?? 0),
    outcome: Uint8Array.from(order, (row) => (forecasts[row]?.outcome ? 1 : 0)),
    row: Uint32Array.from(order),
  };
}

/** Every forecast once. */
export function evenWeights(count: number): Float64Array {
  return new Float64Array(count).fill(1);
}

/** What has been said yes to at each threshold, as columns from the highest threshold to the lowest. */
export interface Cuts {
  /** Between forecasts of different probability; those without weight make none. */
  readonly count: number;
  readonly probability: Float64Array;
  /** The weight said yes to from there upwards, and how much of it was true. */
  readonly said: Float64Array;
  readonly hits: Float64Array;
}

export function cutsOf({ probability, outcome, row }: Ranked, weights: Float64Array): Cuts {
  const cuts = {
    probability: new Float64Array(row.length),
    said: new Float64Array(row.length),
    hits: new Float64Array(row.length),
  };
  let [count, said, hits] = [0, 0, 0];
  for (let at = 0; at < row.length; at++) {
    const weight = weights[row[at] ?? 0] ?? 0;
    said += weight;
    hits += weight * (outcome[at] ?? 0);
    if (said === 0 || probability[at] === probability[at + 1]) continue;
    cuts.probability[count] = probability[at] ?? 0;
    cuts.said[count] = said;
    cuts.hits[count] = hits;
    count++;
  }
  return { count, ...cuts };
}
