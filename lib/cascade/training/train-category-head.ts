import { InvalidInput } from '../../domain/errors.ts';
import { UNCLASSIFIED } from '../../domain/verdict.ts';
import { answerOf, type CategoryHead } from '../category-head.ts';
import { denseFeatures, wordBuckets } from '../head-features.ts';
import { checkExamples, groupsOfLabels } from './check-examples.ts';
import { type ChosenThreshold, chooseThresholds, type Forecast, type WantedPrecision } from './choose-thresholds.ts';
import { type CrossValidation, crossValidate, fitAll, type TrainingSet } from './cross-validate.ts';
import { dealFolds } from './deal-folds.ts';
import type { Matrix } from './fit-logistic.ts';
import type { Sample } from './labelled-pattern.ts';
import { templateGroups } from './template-groups.ts';

export interface TrainingOptions {
  /** Names of the labels that may occur; `Unclassified` may besides. */
  readonly labels: ReadonlySet<string>;
  /** `id@version` of the model that made the embeddings. */
  readonly trainedOn: string;
  /** Wanted share of right answers among those settled. */
  readonly precision: WantedPrecision;
  /**
   * Which samples say how good the head is: temperature, thresholds and figures are theirs alone. All by default; lines
   * that the embedding model itself learned from would say too much.
   */
  readonly judges?: (sample: Sample) => boolean;
}

export interface TrainedHead {
  readonly head: CategoryHead;
  readonly validation: Validation;
}

/** How the head was tested: on templates it had not seen. */
export interface Validation extends CrossValidation {
  /** Whether each sample counts in the figures. */
  readonly judges: readonly boolean[];
  /** Template group of each sample. */
  readonly groups: readonly number[];
  /** How many template groups each label has. */
  readonly groupsOfLabel: ReadonlyMap<string, number>;
  readonly shared: ChosenThreshold;
  readonly own: ReadonlyMap<string, ChosenThreshold>;
}

/**
 * Weight of the severities beside the embedding: a tenth lets them tell a routine line from a failure about the same
 * thing and leaves the topic to the embedding (.05 and .2 do about as well).
 */
const SEVERITY_SCALE = 0.1;
/** Some 2,500 words of 2,000 templates fall into these with few collisions; with a quarter as many the head is worse by .01. */
const WORD_BUCKETS = 4096;

/**
 * Trains the category head of labelled patterns: strength and temperature by cross-validation over template groups,
 * thresholds for the wanted precision on the same out-of-fold answers, then one fit of everything. Pure; a second or two
 * per thousand patterns. Throws `InvalidInput('examples')` for samples that cannot teach.
 */
export function trainCategoryHead(samples: readonly Sample[], options: TrainingOptions): TrainedHead {
  const groups = templateGroups(samples.map(({ canonical }) => canonical));
  checkExamples(samples, groups, options.labels);
  const labels = [...new Set(samples.map(({ label }) => label))].sort();
  const set = {
    matrix: featureMatrix(samples),
    targets: samples.map(({ label }) => labels.indexOf(label)),
    folds: dealFolds(samples.map(({ patternId, label }, at) => ({ patternId, label, group: groups[at] ?? at }))),
    classes: labels.length,
    judges: samples.map((sample) => options.judges?.(sample) ?? true),
  };
  if (!set.judges.includes(true))
    throw new InvalidInput('examples', 'no line is kept apart from what the model learned: none may judge the head');
  const run = crossValidate(set);
  const judging = <T>(all: readonly T[]) => all.filter((_, at) => set.judges[at]);
  const groupsOfLabel = groupsOfLabels(judging(samples), judging(groups));
  const named = new Map([...groupsOfLabel].filter(([label]) => label !== UNCLASSIFIED));
  const forecasts = forecastsOf(judging(samples), labels, judging(run.probabilities));
  const { shared, own } = chooseThresholds(forecasts, named, options.precision);
  const head = {
    labels,
    ...headWeights(set, run.l2),
    temperature: short(run.temperature),
    threshold: shared.threshold,
    thresholds: Object.fromEntries([...own].map(([label, { threshold }]) => [label, threshold])),
    severityScale: SEVERITY_SCALE,
    trainedOn: options.trainedOn,
  };
  return { head, validation: { ...run, judges: set.judges, groups, groupsOfLabel, shared, own } };
}

/** What the head says of each sample that it might settle: where "none of these" is likelier it says nothing. */
export function forecastsOf(
  samples: readonly Pick<Sample, 'label'>[],
  labels: readonly string[],
  probabilities: readonly (readonly number[])[],
): readonly Forecast[] {
  return samples.flatMap(({ label }, at) => {
    const answer = answerOf({ labels: [...labels], threshold: 0 }, probabilities[at] ?? []);
    return answer?.sure ? [{ category: answer.category, confidence: answer.confidence, truth: label }] : [];
  });
}

function featureMatrix(samples: readonly Sample[]): Matrix {
  const inputs = samples.map(({ canonical, embedded }) => ({ text: canonical, embedded }));
  const dense = inputs.map((input) => denseFeatures(input, SEVERITY_SCALE));
  const width = dense[0]?.length ?? 0;
  const values = new Float64Array(samples.length * width);
  dense.forEach((row, at) => {
    values.set(row, at * width);
  });
  const words = inputs.map(({ text }) => wordBuckets(text, WORD_BUCKETS));
  return { rows: samples.length, width, values, buckets: WORD_BUCKETS, words };
}

/** One fit of everything, in the shape of a head; buckets that no word fell into are left out. */
function headWeights(set: TrainingSet, l2: number): Pick<CategoryHead, 'weights' | 'bias' | 'words'> {
  const { weights, bias } = fitAll(set, l2);
  const { width, words } = set.matrix;
  const used = [...new Set(words.flat())].sort((a, b) => a - b);
  return {
    weights: weights.map((row) => Array.from(row.subarray(0, width), short)),
    bias: bias.map(short),
    words: {
      buckets: WORD_BUCKETS,
      weights: Object.fromEntries(
        used.map((bucket) => [bucket, weights.map((row) => Number((row[width + bucket] ?? 0).toFixed(3)))]),
      ),
    },
  };
}

function short(value: number): number {
  return Number(value.toPrecision(6));
}
