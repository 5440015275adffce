import * as z from 'zod';
import { singleLabelProbabilities } from '../inference/zero-shot-probabilities.ts';
import type { EmbeddingModel, EntailmentModel } from '../ports.ts';
import { dot, softmax } from './softmax.ts';

/** Two labels and the hypothesis they are asked in. */
const wordingSchema = z.strictObject({
  id: z.string().regex(/^[a-z-]{2,40}$/),
  anomaly: z.string().min(1).max(200),
  normal: z.string().min(1).max(200),
  hypothesis: z.string().max(200).includes('{}'),
  /** For people. */
  note: z.string(),
});
export type ShownWording = z.infer<typeof wordingSchema>;
export type AnomalyWording = Omit<ShownWording, 'note'>;

/** models/anomaly-wordings.json; the first is the replaced program's. */
export const wordingsSchema = z
  .strictObject({ wordings: z.array(wordingSchema).min(1) })
  .refine(({ wordings }) => new Set(wordings.map(({ id }) => id)).size === wordings.length, 'two wordings have one id');

/** What a zero-shot model says to the question; beside the content score and never in place of it. */
export interface AnomalyAnswer {
  /** Follows `isAnomaly`. */
  readonly label: 'anomaly' | 'normal';
  /** Probability of that label; under one half where the threshold lies between the two. */
  readonly confidence: number;
  readonly anomalyProbability: number;
  /** The anomaly is as likely as the threshold or likelier. */
  readonly isAnomaly: boolean;
  readonly threshold: number;
  readonly wording: string;
  readonly model: { readonly id: string; readonly version: string };
}

/** Asks a text whether it tells of an anomaly. */
export type AnomalyQuestion = (text: string, threshold: number) => Promise<AnomalyAnswer>;

/**
 * The replaced program's question to its model: the candidate labels of the wording, single-label (softmax over the two
 * entailment logits), an anomaly where P(anomaly) reaches the threshold. Throws what the model throws.
 */
export function entailmentQuestion(model: EntailmentModel, wording: AnomalyWording): AnomalyQuestion {
  const hypotheses = hypothesesOf(wording);
  return questionOf(wording, model, async (text) => {
    const [anomaly = 0] = singleLabelProbabilities(await model.entail(text, hypotheses));
    return anomaly;
  });
}

/** Divides the cosines before the softmax; the order of texts is the same at any. */
const SIMILARITY_TEMPERATURE = 0.1;

/** The same question to the embedding's similarity, for want of a cross-encoder: weak, and offered for comparison. */
export async function similarityQuestion(model: EmbeddingModel, wording: AnomalyWording): Promise<AnomalyQuestion> {
  const sides = (await model.embed(hypothesesOf(wording))).map(({ embedding }) => embedding);
  return questionOf(wording, model, async (text) => {
    const [embedded] = await model.embed([text]);
    const cosines = sides.map((side) => dot(side, embedded?.embedding ?? []));
    const [anomaly = 0] = softmax(cosines, SIMILARITY_TEMPERATURE);
    return anomaly;
  });
}

/** Texts whose answer a question remembers, the oldest first to go: a cross-encoder takes two passes for each. */
const REMEMBERED = 4_000;

function questionOf(
  wording: AnomalyWording,
  model: { readonly id: string; readonly version: string },
  probabilityOf: (text: string) => Promise<number>,
): AnomalyQuestion {
  const known = new Map<string, number>();
  return async (text, threshold) => {
    const probability = known.get(text) ?? (await probabilityOf(text));
    known.set(text, probability);
    const [oldest] = known.keys();
    if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest);
    return answerOf(probability, threshold, wording, model);
  };
}

/** Anomaly first. A replacer function, so that a `$` in a wording is a `$`. */
function hypothesesOf({ anomaly, normal, hypothesis }: AnomalyWording): readonly string[] {
  return [anomaly, normal].map((label) => hypothesis.replace('{}', () => label));
}

function answerOf(
  anomalyProbability: number,
  threshold: number,
  wording: AnomalyWording,
  { id, version }: { id: string; version: string },
): AnomalyAnswer {
  const isAnomaly = anomalyProbability >= threshold;
  return {
    label: isAnomaly ? 'anomaly' : 'normal',
    confidence: isAnomaly ? anomalyProbability : 1 - anomalyProbability,
    anomalyProbability,
    isAnomaly,
    threshold,
    wording: wording.id,
    model: { id, version },
  };
}
