import * as z from 'zod';
import { InvalidInput } from '../domain/errors.ts';
import { UNCLASSIFIED } from '../domain/verdict.ts';
import { denseFeatures, type HeadInput, wordBuckets, wordWeight } from './head-features.ts';
import { dot, indexOfHighest, softmax } from './softmax.ts';

const probability = z.number().min(0).max(1);

/** models/starter/head.json: a linear multinomial head on what the model makes of a text and on its words (training/train-category-head.ts). */
export const headSchema = z
  .strictObject({
    /** Categories in the order of the weights; `Unclassified` stands for lines that belong to none. */
    labels: z.array(z.string()).min(2),
    /** One row per label, of the embedding's length and one more per severity where there is a `severityScale`. */
    weights: z.array(z.array(z.number())),
    bias: z.array(z.number()),
    /** Divides the logits; fitted so that confidences are probabilities of being right. */
    temperature: z.number().positive(),
    /** Least confidence at which the head settles a category. */
    threshold: probability,
    /** The same for a label that has examples enough for one of its own. */
    thresholds: z.record(z.string(), probability).optional(),
    /** What the severities' log-probabilities are multiplied by to be features beside the embedding. Absent: the embedding alone. */
    severityScale: z.number().positive().optional(),
    /** Weights of the text's words, by hashed bucket, one per label; a bucket that is not listed weighs nothing. Absent: words as such do not count. */
    words: z
      .strictObject({ buckets: z.int().min(1).max(65_536), weights: z.record(z.string(), z.array(z.number())) })
      .optional(),
    /** `id@version` of the embedding model it was trained on. */
    trainedOn: z.string(),
  })
  .refine(
    ({ labels, weights, bias }) => weights.length === labels.length && bias.length === labels.length,
    'labels, weights and bias differ in number',
  )
  .refine(
    ({ labels, words }) => Object.values(words?.weights ?? {}).every(({ length }) => length === labels.length),
    'labels and weights of words differ in number',
  )
  .refine(({ weights }) => new Set(weights.map(({ length }) => length)).size === 1, 'rows of weights differ in length');
export type CategoryHead = z.infer<typeof headSchema>;

export interface HeadAnswer {
  readonly category: string;
  readonly confidence: number;
  readonly sure: boolean;
}

/** The head's likeliest category of a text and its calibrated probability. */
export function headAnswer(head: CategoryHead, input: HeadInput): HeadAnswer | undefined {
  return answerOf(head, headProbabilities(head, input));
}

/** Calibrated probabilities of a text, in the order of the head's labels. */
export function headProbabilities(head: CategoryHead, input: HeadInput): number[] {
  const features = denseFeatures(input, head.severityScale);
  const logits = head.weights.map((row, label) => dot(row, features) + (head.bias[label] ?? 0));
  if (head.words !== undefined) addWords(logits, head.words, input.text);
  return softmax(logits, head.temperature);
}

function addWords(logits: number[], words: NonNullable<CategoryHead['words']>, text: string): void {
  const found = wordBuckets(text, words.buckets);
  const share = wordWeight(found.length);
  for (const bucket of found)
    words.weights[bucket]?.forEach((weight, label) => {
      logits[label] = (logits[label] ?? 0) + share * weight;
    });
}

/** The likeliest category of probabilities in the order of the labels; sure where it reaches its threshold and "none of these" is less likely. */
export function answerOf(
  { labels, threshold, thresholds = {} }: Pick<CategoryHead, 'labels' | 'threshold' | 'thresholds'>,
  probabilities: readonly number[],
): HeadAnswer | undefined {
  const none = labels.indexOf(UNCLASSIFIED);
  const best = indexOfHighest(probabilities.map((p, label) => (label === none ? -1 : p)));
  const category = labels[best];
  const confidence = probabilities[best] ?? 0;
  if (category === undefined) return undefined;
  const wanted = Object.hasOwn(thresholds, category) ? (thresholds[category] ?? threshold) : threshold;
  return { category, confidence, sure: confidence >= wanted && confidence > (probabilities[none] ?? 0) };
}

/** Refuses a head made for other labels or another model: an index is never guessed. Throws `InvalidInput('head')`. */
export function checkHead(
  head: CategoryHead,
  labels: ReadonlySet<string>,
  model: { id: string; version: string },
): void {
  checkHeadLabels(head, labels);
  const wanted = `${model.id}@${model.version}`;
  if (head.trainedOn !== wanted)
    throw new InvalidInput('head', `the head was trained on ${head.trainedOn}, the model is ${wanted}; train it anew`);
}

/** Throws `InvalidInput('head')`. */
export function checkHeadLabels(head: Pick<CategoryHead, 'labels'>, labels: ReadonlySet<string>): void {
  const unlisted = head.labels.find((label) => label !== UNCLASSIFIED && !labels.has(label));
  if (unlisted !== undefined)
    throw new InvalidInput(
      'head',
      `the head knows ${unlisted}, which is not among the labels; train it anew or take "embedding" out of stages`,
    );
}
