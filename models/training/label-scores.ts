/** Precision, recall and F1 of one label. */
export interface LabelScore {
  readonly f1: number;
  readonly precision: number;
  readonly recall: number;
  readonly n: number;
}

/** Scores of each label that the truth holds, and their plain mean F1. An answer outside the truth's labels is wrong for its line. */
export function scoreLabels(pairs: readonly (readonly [truth: string, said: string])[]): {
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

function scoreOf(label: string, pairs: readonly (readonly [string, string])[]): LabelScore {
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
