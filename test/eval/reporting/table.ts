import type { Interval } from '../metrics/bootstrap.ts';
import type { MeasuredLines } from './bench.ts';
import type { Answers } from './label-answers.ts';

/** Figures of a row, each under its heading. */
const FIGURES = [
  ['f1', 'F1 at .5'],
  ['f1Least', 'least .3-.7'],
  ['f1At9', 'at .9'],
  ['precision', 'precision'],
  ['recall', 'recall'],
  ['auc', 'AUC'],
  ['brier', 'Brier'],
  ['ece', 'ECE'],
  ['brierPrior', 'Brier at prior'],
  ['ecePrior', 'ECE at prior'],
  ['brierLeast', 'least Brier'],
] as const;

/** Rows of cells, each column as wide as its widest cell; the first column is text, the rest numbers. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]) =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  ');
  return rows.map((row) => line(row).trimEnd()).join('\n');
}

/** One row for each measured thing: figures with the interval of F1 and AUC. */
export function anomalyTable(title: string, measured: Readonly<Record<string, MeasuredLines>>): string {
  const rows = Object.entries(measured).map(([name, { n, anomalies, scores }]) => [
    name,
    `${anomalies}/${n}`,
    ...FIGURES.map(([figure]) =>
      figure === 'f1' || figure === 'auc' ? spread(scores[figure]) : short(scores[figure]?.value),
    ),
  ]);
  return table([[title, 'of', ...FIGURES.map(([, heading]) => heading)], ...rows]);
}

/** One row for each measured thing: how much better than the run compared with. */
export function gainTable(title: string, measured: Readonly<Record<string, MeasuredLines>>): string | undefined {
  const gains = Object.entries(measured).flatMap(([name, { gain }]) =>
    gain === undefined ? [] : [[name, gain] as const],
  );
  if (gains.length === 0) return undefined;
  const figures = ['f1', 'auc', 'brierPrior', 'ecePrior'];
  const rows = gains.map(([name, gain]) => [name, ...figures.map((figure) => spread(gain[figure], true))]);
  return table([[title, 'F1 at .5', 'AUC', 'Brier at prior', 'ECE at prior'], ...rows]);
}

/** One row for each that answered. AUC, Brier and ECE are of the confidence: whether it tells right from wrong, and is the probability of being right. */
export function categoryTable(title: string, answers: Readonly<Record<string, Answers>>): string {
  const rows = Object.entries(answers).map(([name, { n, scores, answered, confidence, coverageAt95 }]) => [
    name,
    String(n),
    ...['macroF1', 'macroF1All', 'precision', 'recall', 'accuracy'].map((figure) => spread(scores[figure])),
    short(answered),
    spread(scores.alarmed),
    short(coverageAt95.coverage),
    ...['auc', 'brier', 'ece'].map((figure) => spread(confidence[figure])),
  ]);
  const shares = ['lines', 'macro-F1', 'with foreign lines', 'precision', 'recall', 'accuracy', 'answered'];
  return table([[title, ...shares, 'foreign alarmed', 'coverage at 95%', 'AUC', 'Brier', 'ECE'], ...rows]);
}

/** `.953 [.93-.97]`; with a sign where it is a difference. */
export function spread(interval: Interval | undefined, signed = false): string {
  if (interval === undefined || Number.isNaN(interval.value)) return '-';
  const { value, low, high } = interval;
  const sign = signed && value >= 0 ? '+' : '';
  return `${sign}${short(value)} [${short(low, 2)} ${short(high, 2)}]`;
}

/** `.953`, `1.000`, `-.004`. */
export function short(value: number | undefined, places = 3): string {
  if (value === undefined || Number.isNaN(value)) return '-';
  return value.toFixed(places).replace(/^(-?)0\./, '$1.');
}
