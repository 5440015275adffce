import { UNCLASSIFIED } from '../../../lib/domain/verdict.ts';

/** Labels that send somebody running: what a routine line must not be called. */
const ALARMING: ReadonlySet<string> = new Set(['Critical Error', 'Security Alert', 'Error']);

/** The truth of a line and what was said of it. */
export type LabelPair = readonly [truth: string, said: string];

export type CategoryScores = {
  /** Mean F1 of the labels over the lines that have one; no answer is wrong. */
  readonly macroF1: number;
  /** The same with the lines that belong to no label among them: an answer there costs precision. */
  readonly macroF1All: number;
  readonly accuracy: number;
  /** Share of the answers given that are right; those to lines of no label are wrong. */
  readonly precision: number;
  /** Share of the lines that have a label which were called by it. */
  readonly recall: number;
  /** Share of the lines of no label that were called Critical Error, Security Alert or Error. */
  readonly alarmed: number;
  /** Share of the lines of no label that were called anything. */
  readonly named: number;
};

/** Scores of answers that weigh differently: a bootstrap's counts, or ones. NaN where no line is of that kind. */
export function categoryScores(pairs: readonly LabelPair[], weights: Float64Array): CategoryScores {
  const all = tallyOf(pairs, weights, () => true);
  const labelled = tallyOf(pairs, weights, (truth) => truth !== UNCLASSIFIED);
  const weight = (counts: (truth: string, said: string) => boolean) => weightOf(pairs, weights, counts);
  const foreign = weight((truth) => truth === UNCLASSIFIED);
  const right = weight((truth, said) => truth === said && truth !== UNCLASSIFIED);
  return {
    macroF1: meanF1(labelled),
    macroF1All: meanF1(all),
    accuracy: weight((truth, said) => truth === said) / weight(() => true),
    precision: right / weight((_, said) => said !== UNCLASSIFIED),
    recall: right / weight((truth) => truth !== UNCLASSIFIED),
    alarmed: weight((truth, said) => truth === UNCLASSIFIED && ALARMING.has(said)) / foreign,
    named: weight((truth, said) => truth === UNCLASSIFIED && said !== UNCLASSIFIED) / foreign,
  };
}

interface Tally {
  truth: number;
  said: number;
  hits: number;
}

function tallyOf(pairs: readonly LabelPair[], weights: Float64Array, counts: (truth: string) => boolean) {
  const tallies = new Map<string, Tally>();
  const of = (label: string): Tally => {
    const tally = tallies.get(label) ?? { truth: 0, said: 0, hits: 0 };
    tallies.set(label, tally);
    return tally;
  };
  pairs.forEach(([truth, said], row) => {
    if (!counts(truth)) return;
    const weight = weights[row] ?? 0;
    of(truth).truth += weight;
    of(said).said += weight;
    if (truth === said) of(truth).hits += weight;
  });
  return tallies;
}

/** Over the labels that the truth holds; `Unclassified` is no label. */
function meanF1(tallies: ReadonlyMap<string, Tally>): number {
  const labels = [...tallies].filter(([label, { truth }]) => label !== UNCLASSIFIED && truth > 0);
  const sum = labels.reduce((total, [, { truth, said, hits }]) => total + (2 * hits) / (truth + said), 0);
  return sum / labels.length;
}

function weightOf(
  pairs: readonly LabelPair[],
  weights: Float64Array,
  counts: (truth: string, said: string) => boolean,
): number {
  return pairs.reduce((sum, [truth, said], row) => (counts(truth, said) ? sum + (weights[row] ?? 0) : sum), 0);
}
