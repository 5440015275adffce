import { softmax } from '../softmax.ts';
import { FOLDS } from './deal-folds.ts';
import { fitLogistic, type LinearModel, logitsOf, type Matrix, pickRows } from './fit-logistic.ts';
import { fitTemperature, lossAt } from './fit-temperature.ts';

/** Strongest first: each fit begins where the stronger one ended. */
export const L2_CANDIDATES = [1e-3, 3e-4, 1e-4, 3e-5, 1e-5] as const;

/** What is to be learned: features, the class of each row, and the fold it is tested in. */
export interface TrainingSet {
  readonly matrix: Matrix;
  readonly targets: readonly number[];
  readonly folds: readonly number[];
  readonly classes: number;
  /** Which rows temperature and losses are measured on. */
  readonly judges: readonly boolean[];
}

/** Out-of-fold results of the best strength: no row is judged by a model that saw its template. */
export interface CrossValidation {
  readonly l2: number;
  readonly temperature: number;
  /** Calibrated, a row per sample. */
  readonly probabilities: readonly (readonly number[])[];
  /** Mean negative log-likelihood of each strength tried, calibrated. */
  readonly losses: readonly { readonly l2: number; readonly loss: number }[];
}

interface Tried {
  readonly l2: number;
  readonly temperature: number;
  readonly loss: number;
  readonly logits: readonly (readonly number[])[];
}

/** Tries strength after strength on every fold until one does worse than the one before, and keeps the likeliest. */
export function crossValidate(set: TrainingSet, candidates: readonly number[] = L2_CANDIDATES): CrossValidation {
  const folds = Array.from({ length: FOLDS }, (_, fold) => foldOf(set, fold)).filter(({ held }) => held.length > 0);
  const tried: Tried[] = [];
  let models: readonly (LinearModel | undefined)[] = [];
  for (const l2 of candidates) {
    models = folds.map((fold, at) => fitFold(set, fold, l2, models[at]));
    const judged = judge(set, folds, models);
    const last = tried.at(-1);
    tried.push({ l2, ...judged });
    if (last !== undefined && judged.loss > last.loss) break;
  }
  const best = tried.reduce((a, b) => (b.loss < a.loss ? b : a));
  return {
    l2: best.l2,
    temperature: best.temperature,
    probabilities: best.logits.map((row) => softmax(row, best.temperature)),
    losses: tried.map(({ l2, loss }) => ({ l2, loss })),
  };
}

/** The model of all rows at one strength. */
export function fitAll({ matrix, targets, classes }: TrainingSet, l2: number): LinearModel {
  return fitLogistic(matrix, targets, balanced(targets, classes), { classes, l2 });
}

interface Fold {
  readonly kept: readonly number[];
  readonly held: readonly number[];
  readonly matrix: Matrix;
}

function foldOf({ matrix, folds }: TrainingSet, fold: number): Fold {
  const rows = folds.map((_, row) => row);
  const kept = rows.filter((row) => folds[row] !== fold);
  return { kept, held: rows.filter((row) => folds[row] === fold), matrix: pickRows(matrix, kept) };
}

function fitFold({ targets, classes }: TrainingSet, { kept, matrix }: Fold, l2: number, start?: LinearModel) {
  const seen = kept.map((row) => targets[row] ?? 0);
  return fitLogistic(matrix, seen, balanced(seen, classes), { classes, l2, start });
}

function judge(
  { matrix, targets, judges }: TrainingSet,
  folds: readonly Fold[],
  models: readonly (LinearModel | undefined)[],
): Omit<Tried, 'l2'> {
  const logits: number[][] = new Array(targets.length);
  folds.forEach(({ held }, at) => {
    const model = models[at];
    if (model !== undefined) for (const row of held) logits[row] = logitsOf(model, matrix, row);
  });
  const judged = logits.flatMap((row, at) => (judges[at] ? [{ logits: row, target: targets[at] ?? 0 }] : []));
  const temperature = fitTemperature(judged);
  return { temperature, loss: lossAt(judged, temperature), logits };
}

/** Weights that give every class the same say, and every row of a class the same. */
function balanced(targets: readonly number[], classes: number): Float64Array {
  const counts = new Float64Array(classes);
  for (const target of targets) counts[target] = (counts[target] ?? 0) + 1;
  return Float64Array.from(targets, (target) => 1 / Math.max(1, counts[target] ?? 1));
}
