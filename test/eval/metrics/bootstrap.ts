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

type Figures = Readonly<Record<string, number>>;

/** Rows and their figures, which are told how often each row was drawn. */
interface Sample {
  readonly score: (weights: Float64Array) => Figures;
  /** Rows of one group are drawn together. */
  readonly groups: readonly string[];
}

/**
 * Scores with bootstrap intervals. Whole groups are drawn with replacement, because lines of one template or one
 * repository are no independent evidence; a score is told how often each row was drawn. Two systems are compared by
 * a score that is their difference: both are then drawn alike.
 */
export function measure(score: Sample['score'], groups: readonly string[], resampling: Resampling): Measured {
  return measureMean([{ score, groups }], resampling);
}

/** The plain means of several samples' figures, each sample drawn by itself. A draw in which one has no such figure says nothing of the mean. */
export function measureMean(samples: readonly Sample[], { resamples, seed }: Resampling): Measured {
  const numbered = samples.map(({ score, groups }) => ({ score, ...numberedGroups(groups) }));
  const random = randomOf(seed);
  const drawn = Array.from({ length: resamples }, () =>
    meanOf(numbered.map(({ score, groupOf, count }) => score(resample(groupOf, count, random)))),
  );
  const values = meanOf(samples.map(({ score, groups }) => score(new Float64Array(groups.length).fill(1))));
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const found = drawn.map((scores) => scores[name] ?? Number.NaN).filter((number) => !Number.isNaN(number));
      const sorted = Float64Array.from(found).sort();
      return [name, { value, low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) }];
    }),
  );
}

function numberedGroups(groups: readonly string[]): { groupOf: Uint32Array; count: number } {
  const numbers = new Map([...new Set(groups)].map((name, number) => [name, number]));
  return { groupOf: Uint32Array.from(groups, (name) => numbers.get(name) ?? 0), count: numbers.size };
}

function meanOf(all: readonly Figures[]): Figures {
  const names = Object.keys(all[0] ?? {});
  const mean = (name: string) => all.reduce((sum, figures) => sum + (figures[name] ?? Number.NaN), 0) / all.length;
  return Object.fromEntries(names.map((name) => [name, mean(name)]));
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
