/** A figure and its 95% bootstrap interval (percentiles). */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}
/** Figures by name. */
export type Measured = Readonly<Record<string, Interval>>;

export interface Resampling {
  readonly resamples: number;
  readonly seed: number;
}

/** Uniform numbers from 0 to 1, the same for the same seed [mulberry32]. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Scores with bootstrap intervals. Whole groups are drawn with replacement, because lines of one template or one
 * repository are no independent evidence; a score is told how often each row was drawn. Two systems are compared by
 * a score that is their difference: both are then drawn alike.
 */
export function measure(
  score: (weights: Float64Array) => Readonly<Record<string, number>>,
  groups: readonly string[],
  { resamples, seed }: Resampling,
): Measured {
  const numbers = new Map([...new Set(groups)].map((name, number) => [name, number]));
  const groupOf = Uint32Array.from(groups, (name) => numbers.get(name) ?? 0);
  const random = randomOf(seed);
  const drawn = Array.from({ length: resamples }, () => score(resample(groupOf, numbers.size, random)));
  const values = score(new Float64Array(groups.length).fill(1));
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const found = drawn.map((scores) => scores[name] ?? Number.NaN).filter((number) => !Number.isNaN(number));
      const sorted = Float64Array.from(found).sort();
      return [name, { value, low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) }];
    }),
  );
}

function resample(groupOf: Uint32Array, groups: number, random: () => number): Float64Array {
  const counts = new Float64Array(groups);
  for (let draw = 0; draw < groups; draw++) {
    const group = Math.floor(random() * groups);
    counts[group] = (counts[group] ?? 0) + 1;
  }
  return Float64Array.from(groupOf, (group) => counts[group] ?? 0);
}

function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
}
