import { UNCLASSIFIED } from '../../domain/verdict.ts';
import { answerOf, type CategoryHead } from '../category-head.ts';
import { FEW_GROUPS, groupsOfLabels } from './check-examples.ts';
import type { ChosenThreshold } from './choose-thresholds.ts';
import { FOLDS } from './deal-folds.ts';
import { calibrationError, confusionOf, coverageAt, scoreLabels } from './label-scores.ts';
import type { Sample } from './labelled-pattern.ts';
import { forecastsOf, type TrainedHead } from './train-category-head.ts';

const COVERAGE_PRECISION = 0.95;

/** What the cross-validation says of the head by itself, by pattern, each judged by a head that had not seen its template. */
export interface HeadReport {
  /** Patterns that the figures are of, and all that were learned. */
  readonly patterns: number;
  readonly learned: number;
  readonly templates: number;
  readonly folds: number;
  readonly l2: number;
  /** Mean negative log-likelihood of each strength tried. */
  readonly losses: readonly { readonly l2: number; readonly loss: number }[];
  readonly temperature: number;
  /** Of the likeliest label's probability, `Unclassified` among the labels. */
  readonly calibrationError: number;
  /** Greatest share of the answers that one threshold settles with 95% of them right. */
  readonly coverageAt95: number;
  /** The shared threshold, and each label's own where it has templates enough. */
  readonly shared: ChosenThreshold;
  readonly thresholds: Readonly<Record<string, LabelThreshold>>;
  readonly scores: ReturnType<typeof scoreLabels>;
  readonly confusion: ReturnType<typeof confusionOf>;
  /** Lines of no label: how many patterns, and the share that was given one. Absent where there are none. */
  readonly foreign?: { readonly patterns: number; readonly named: number };
  /** Labels with so few templates, those learned from alone among them, that their figures say little. */
  readonly thin: readonly { readonly label: string; readonly templates: number }[];
}
export interface LabelThreshold {
  readonly templates: number;
  readonly threshold: number;
  /** Share of this label's answers that one threshold settles with 95% of them right. */
  readonly coverageAt95: number;
  /** Measured at the label's own threshold; absent where it shares the common one. */
  readonly own?: ChosenThreshold;
}

/** Puts the figures of a training together. */
export function headReport(all: readonly Sample[], { head, validation }: TrainedHead): HeadReport {
  const { groupsOfLabel, l2, losses, temperature, shared, judges } = validation;
  const judging = <T>(rows: readonly T[]) => rows.filter((_, at) => judges[at]);
  const samples = judging(all);
  const probabilities = judging(validation.probabilities);
  const pairs = saidBy(head, samples, probabilities);
  const answers = forecastsOf(samples, head.labels, probabilities).map((one) => ({
    ...one,
    right: one.category === one.truth,
  }));
  const foreign = pairs.filter(([truth]) => truth === UNCLASSIFIED);
  return {
    patterns: samples.length,
    learned: all.length,
    templates: new Set(judging(validation.groups)).size,
    folds: FOLDS,
    l2,
    losses,
    temperature,
    calibrationError: calibrationError(likeliest(head, samples, probabilities)),
    coverageAt95: coverageAt(answers, COVERAGE_PRECISION),
    shared,
    thresholds: Object.fromEntries(
      [...groupsOfLabel]
        .filter(([label]) => label !== UNCLASSIFIED)
        .map(([label, templates]) => {
          const own = validation.own.get(label);
          const ofLabel = answers.filter(({ category }) => category === label);
          return [
            label,
            {
              templates,
              threshold: own?.threshold ?? shared.threshold,
              coverageAt95: coverageAt(ofLabel, COVERAGE_PRECISION),
              ...(own === undefined ? {} : { own }),
            },
          ];
        }),
    ),
    scores: scoreLabels(pairs),
    confusion: confusionOf(pairs),
    ...(foreign.length === 0 ? {} : { foreign: { patterns: foreign.length, named: shareNamed(foreign) } }),
    thin: [...groupsOfLabels(all, validation.groups)]
      .map(([label, templates]) => ({ label, templates }))
      .filter(({ templates }) => templates < FEW_GROUPS),
  };
}

function saidBy(
  head: CategoryHead,
  samples: readonly Sample[],
  probabilities: readonly (readonly number[])[],
): readonly [truth: string, said: string][] {
  return samples.map(({ label }, at) => {
    const answer = answerOf(head, probabilities[at] ?? []);
    return [label, answer?.sure ? answer.category : UNCLASSIFIED];
  });
}

function likeliest(head: CategoryHead, samples: readonly Sample[], probabilities: readonly (readonly number[])[]) {
  return samples.map(({ label }, at) => {
    const row = probabilities[at] ?? [];
    const confidence = Math.max(...row);
    return { confidence, right: head.labels[row.indexOf(confidence)] === label };
  });
}

function shareNamed(pairs: readonly (readonly [string, string])[]): number {
  return pairs.filter(([, said]) => said !== UNCLASSIFIED).length / pairs.length;
}
