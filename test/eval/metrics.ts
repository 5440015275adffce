/** A probability and whether what it was given for turned out true. */
export interface Forecast {
  readonly probability: number;
  readonly outcome: boolean;
}

export interface BinaryScores {
  readonly f1: number;
  readonly precision: number;
  readonly recall: number;
}

/** Precision, recall and F1 of saying yes; 0 where nothing was right. */
export function binaryScores(answers: readonly { readonly said: boolean; readonly truth: boolean }[]): BinaryScores {
  const hits = answers.filter(({ said, truth }) => said && truth).length;
  const said = answers.filter((answer) => answer.said).length;
  const positive = answers.filter(({ truth }) => truth).length;
  return {
    precision: said === 0 ? 0 : hits / said,
    recall: positive === 0 ? 0 : hits / positive,
    f1: hits === 0 ? 0 : (2 * hits) / (said + positive),
  };
}

/** Area under the ROC curve: how often a positive scores above a negative, ties half [Mann-Whitney]. Undefined where one side is empty. */
export function areaUnderCurve(forecasts: readonly Forecast[]): number | undefined {
  const sorted = [...forecasts].sort((a, b) => a.probability - b.probability);
  const positives = sorted.filter(({ outcome }) => outcome).length;
  const negatives = sorted.length - positives;
  if (positives === 0 || negatives === 0) return undefined;
  let rankSum = 0;
  for (let start = 0; start < sorted.length; ) {
    let end = start;
    while (sorted[end]?.probability === sorted[start]?.probability && end < sorted.length) end++;
    const meanRank = (start + 1 + end) / 2;
    rankSum += meanRank * sorted.slice(start, end).filter(({ outcome }) => outcome).length;
    start = end;
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/** Mean squared distance of a probability from what happened. */
export function brierScore(forecasts: readonly Forecast[]): number {
  const squares = forecasts.map(({ probability, outcome }) => (probability - (outcome ? 1 : 0)) ** 2);
  return squares.reduce((sum, value) => sum + value, 0) / Math.max(1, squares.length);
}

/** Expected calibration error over ten equal bins: the mean distance of a bin's mean probability from its share of true outcomes. */
export function calibrationError(forecasts: readonly Forecast[], bins = 10): number {
  let error = 0;
  for (let bin = 0; bin < bins; bin++) {
    const inside = forecasts.filter(({ probability }) => Math.min(bins - 1, Math.floor(probability * bins)) === bin);
    const gap = inside.reduce((sum, { probability, outcome }) => sum + probability - (outcome ? 1 : 0), 0);
    error += Math.abs(gap) / Math.max(1, forecasts.length);
  }
  return error;
}
