import type { LogRecord } from '../../../lib/domain/record.ts';
import { UNCLASSIFIED } from '../../../lib/domain/verdict.ts';
import { anomalyScores } from '../metrics/anomaly-scores.ts';
import { type Measured, measure } from '../metrics/bootstrap.ts';
import { thresholdFor } from '../metrics/calibration.ts';
import { categoryScores, type LabelPair } from '../metrics/category-scores.ts';
import { type Forecast, rank } from '../metrics/ranked.ts';
import type { Bench } from './bench.ts';

/** A line with its true label; `group` as in bench.ts. */
export interface LabelledLine {
  readonly id: string;
  readonly group: string;
  readonly record: LogRecord;
  readonly label: string;
}
/** What somebody said of a line; `sure` is false where it is a guess that would settle nothing. */
export interface Said {
  readonly category: string;
  readonly confidence: number;
  readonly sure: boolean;
}
export const SILENT: Said = { category: UNCLASSIFIED, confidence: 0, sure: false };
const WANTED_PRECISION = 0.95;

/** How good somebody's answers are. */
export interface Answers {
  readonly n: number;
  readonly scores: Measured;
  /** Share of all lines that got an answer. */
  readonly answered: number;
  /** Of the sure answers' confidence: how far it is from the probability of being right (`ece`, `brier`), and whether it tells right from wrong (`auc`). */
  readonly confidence: Measured;
  /** Of the lines that have a label, the share answered where the answers given are right in 95%. The threshold is NaN where there is none. */
  readonly coverageAt95: { readonly coverage: number; readonly threshold: number };
}

/** Figures of answers to all lines; an answer that is not sure counts as none. */
export function answersReport(bench: Bench, lines: readonly LabelledLine[], said: readonly Said[]): Answers {
  const pairs = pairsOf(lines, said);
  const forecasts = forecastsOf(lines, said);
  const threshold = thresholdFor(forecasts, WANTED_PRECISION);
  const labelled = lines.map(({ label }) => label !== UNCLASSIFIED);
  const covered = lines.filter((_, at) => labelled[at] && said[at]?.sure && said[at].confidence >= threshold);
  return {
    n: lines.length,
    scores: measure(
      (weights) => categoryScores(pairs, weights),
      lines.map(({ group }) => group),
      bench.resampling,
    ),
    answered: forecasts.length / lines.length,
    confidence: measureConfidence(bench, forecasts),
    coverageAt95: { coverage: covered.length / labelled.filter(Boolean).length, threshold },
  };
}

/** Figures of some of the lines and of what was said of them. */
export function partReport(
  bench: Bench,
  lines: readonly LabelledLine[],
  said: readonly Said[],
  isInside: (line: LabelledLine, at: number) => boolean,
): Answers {
  const inside = lines.flatMap((line, at) => (isInside(line, at) ? [{ line, said: said[at] ?? SILENT }] : []));
  return answersReport(
    bench,
    inside.map(({ line }) => line),
    inside.map((one) => one.said),
  );
}

function measureConfidence(bench: Bench, forecasts: readonly GroupedForecast[]): Measured {
  const ranked = rank(forecasts);
  const score = (weights: Float64Array) => {
    const { auc, brier, ece } = anomalyScores(ranked, weights, bench.prior);
    return { auc, brier, ece };
  };
  return measure(
    score,
    forecasts.map(({ group }) => group),
    bench.resampling,
  );
}

type GroupedForecast = Forecast & Pick<LabelledLine, 'group'>;

/** The sure answers' confidence, and whether they were right. */
export function forecastsOf(lines: readonly LabelledLine[], said: readonly Said[]): readonly GroupedForecast[] {
  return lines.flatMap(({ group, label }, at) => {
    const { category, confidence, sure } = said[at] ?? SILENT;
    return sure ? [{ group, probability: confidence, outcome: category === label }] : [];
  });
}

/** The truth and the sure answers; where there is none, `Unclassified` was said. */
export function pairsOf(lines: readonly LabelledLine[], said: readonly Said[]): readonly LabelPair[] {
  return lines.map(({ label }, at) => [label, said[at]?.sure ? (said[at]?.category ?? UNCLASSIFIED) : UNCLASSIFIED]);
}
