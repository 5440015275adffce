import { anomalyScores } from '../metrics/anomaly-scores.ts';
import { type Measured, measure, type Resampling } from '../metrics/bootstrap.ts';
import { type Forecast, rank } from '../metrics/ranked.ts';

/** A probability that was given to a line, and what became of it. */
export interface ScoredLine extends Forecast {
  readonly id: string;
  /** Lines of one group are drawn together: a template, a repository. */
  readonly group: string;
}
export interface MeasuredLines {
  readonly n: number;
  readonly anomalies: number;
  readonly scores: Measured;
  /** These less those of the run compared with, both drawn alike; where it scored the same lines. */
  readonly gain?: Measured;
}

/** Scores by set and line: what a run keeps so that another can be compared with it line by line. */
export type KeptScores = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What all figures of a run share, and what the run has scored so far. */
export interface Bench {
  /** Share of anomalies for which the score is declared to be a probability. */
  readonly prior: number;
  readonly resampling: Resampling;
  readonly against: KeptScores;
  readonly kept: Record<string, Record<string, number>>;
}

/** Figures of one set of lines, kept under `key`. */
export function measureLines(bench: Bench, key: string, lines: readonly ScoredLine[]): MeasuredLines {
  const { prior, resampling, against, kept } = bench;
  const earlier = against[key];
  kept[key] = Object.fromEntries(lines.map(({ id, probability }) => [id, toFivePlaces(probability)]));
  const ranked = rank(lines);
  const groups = lines.map(({ group }) => group);
  const score = (weights: Float64Array) => anomalyScores(ranked, weights, prior);
  return {
    n: lines.length,
    anomalies: lines.filter(({ outcome }) => outcome).length,
    scores: measure(score, groups, resampling),
    ...(earlier === undefined ? {} : { gain: gainOver(earlier, lines, bench) }),
  };
}

/** Lines that the earlier run did not score are left out of the comparison. */
function gainOver(earlier: Readonly<Record<string, number>>, lines: readonly ScoredLine[], bench: Bench): Measured {
  const both = lines.flatMap((line) => {
    const before = earlier[line.id];
    return before === undefined ? [] : [{ line, before }];
  });
  const now = rank(both.map(({ line }) => line));
  const then = rank(both.map(({ line: { outcome }, before }) => ({ probability: before, outcome })));
  const score = (weights: Float64Array) => {
    const earlierScores = new Map(Object.entries(anomalyScores(then, weights, bench.prior)));
    const pairs = Object.entries(anomalyScores(now, weights, bench.prior));
    return Object.fromEntries(pairs.map(([name, value]) => [name, value - (earlierScores.get(name) ?? Number.NaN)]));
  };
  return measure(
    score,
    both.map(({ line }) => line.group),
    bench.resampling,
  );
}

function toFivePlaces(probability: number): number {
  return Math.round(probability * 1e5) / 1e5;
}
