/** Precision, recall and F1 of one label. */
export interface LabelScore {
  readonly f1: number;
  readonly precision: number;
  readonly recall: number;
  readonly n: number;
}
/** The truth, and what was said. */
export type LabelPair = readonly [truth: string, said: string];

/** Scores of each label that the truth holds, and their plain mean F1. An answer outside the truth's labels is wrong for its line. */
export function scoreLabels(pairs: readonly LabelPair[]): {
  macroF1: number;
  accuracy: number;
  byLabel: Record<string, LabelScore>;
} {
  const labels = [...new Set(pairs.map(([truth]) => truth))].sort();
  const scores = labels.map((label) => scoreOf(label, pairs));
  return {
    macroF1: scores.reduce((sum, { f1 }) => sum + f1, 0) / Math.max(1, labels.length),
    accuracy: pairs.filter(([truth, said]) => truth === said).length / Math.max(1, pairs.length),
    byLabel: Object.fromEntries(labels.flatMap((label, at) => (scores[at] === undefined ? [] : [[label, scores[at]]]))),
  };
}

function scoreOf(label: string, pairs: readonly LabelPair[]): LabelScore {
  const hits = pairs.filter(([truth, said]) => truth === label && said === label).length;
  const said = pairs.filter(([, answer]) => answer === label).length;
  const n = pairs.filter(([truth]) => truth === label).length;
  return {
    f1: hits === 0 ? 0 : (2 * hits) / (said + n),
    precision: said === 0 ? 0 : hits / said,
    recall: n === 0 ? 0 : hits / n,
    n,
  };
}

/** How often each truth was called what, zeros left out: `confusion[truth][said]`. */
export function confusionOf(pairs: readonly LabelPair[]): Record<string, Record<string, number>> {
  const confusion = new Map<string, Map<string, number>>();
  for (const [truth, said] of pairs) {
    const row = confusion.get(truth) ?? new Map<string, number>();
    confusion.set(truth, row.set(said, (row.get(said) ?? 0) + 1));
  }
  return Object.fromEntries([...confusion].sort().map(([truth, row]) => [truth, Object.fromEntries([...row].sort())]));
}

const BINS = 10;

/** Expected calibration error: over ten equal bins of confidence, the mean distance between confidence and the share that was right. */
export function calibrationError(forecasts: readonly { confidence: number; right: boolean }[]): number {
  const gaps = new Float64Array(BINS);
  for (const { confidence, right } of forecasts) {
    const bin = Math.min(BINS - 1, Math.floor(confidence * BINS));
    gaps[bin] = (gaps[bin] ?? 0) + confidence - (right ? 1 : 0);
  }
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / Math.max(1, forecasts.length);
}

/** The greatest share of forecasts, taken from the surest down, that is right as often as wanted. */
export function coverageAt(forecasts: readonly { confidence: number; right: boolean }[], precision: number): number {
  const surestFirst = [...forecasts].sort((a, b) => b.confidence - a.confidence);
  let right = 0;
  let covered = 0;
  surestFirst.forEach((forecast, at) => {
    if (forecast.right) right++;
    const tied = surestFirst[at + 1]?.confidence === forecast.confidence;
    if (!tied && right / (at + 1) >= precision) covered = at + 1;
  });
  return covered / Math.max(1, forecasts.length);
}
