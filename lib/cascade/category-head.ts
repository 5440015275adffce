import * as z from 'zod';
import { InvalidInput } from '../domain/errors.ts';
import { UNCLASSIFIED } from '../domain/verdict.ts';
import { dot, indexOfHighest, softmax } from './softmax.ts';

/** models/starter/head.json: a linear multinomial head on the sentence embedding (models/training/train-head.ts). */
export const headSchema = z
  .strictObject({
    /** Categories in the order of the weights; `Unclassified` stands for lines that belong to none. */
    labels: z.array(z.string()).min(2),
    /** One row of embedding length per label. */
    weights: z.array(z.array(z.number())),
    bias: z.array(z.number()),
    /** Divides the logits; fitted so that confidences are probabilities of being right. */
    temperature: z.number().positive(),
    /** Least confidence at which the head settles a category. */
    threshold: z.number().min(0).max(1),
    /** `id@version` of the embedding model it was trained on. */
    trainedOn: z.string(),
  })
  .refine(
    ({ labels, weights, bias }) => weights.length === labels.length && bias.length === labels.length,
    'labels, weights and bias differ in number',
  );
export type CategoryHead = z.infer<typeof headSchema>;

/** The head's likeliest category of an embedding and its calibrated probability; sure where that reaches the threshold and "none of these" is less likely. */
export function headAnswer(
  head: CategoryHead,
  embedding: ArrayLike<number>,
): { category: string; confidence: number; sure: boolean } | undefined {
  const logits = head.weights.map((row, label) => dot(row, embedding) + (head.bias[label] ?? 0));
  const probabilities = softmax(logits, head.temperature);
  const none = head.labels.indexOf(UNCLASSIFIED);
  const best = indexOfHighest(probabilities.map((p, label) => (label === none ? -1 : p)));
  const category = head.labels[best];
  const confidence = probabilities[best] ?? 0;
  if (category === undefined) return undefined;
  return { category, confidence, sure: confidence >= head.threshold && confidence > (probabilities[none] ?? 0) };
}

/** Refuses a head made for other labels or another model: an index is never guessed. Throws `InvalidInput('head')`. */
export function checkHead(
  head: CategoryHead,
  labels: ReadonlySet<string>,
  model: { id: string; version: string },
): void {
  const unlisted = head.labels.find((label) => label !== UNCLASSIFIED && !labels.has(label));
  if (unlisted !== undefined)
    throw new InvalidInput(
      'head',
      `the head knows ${unlisted}, which is not among the labels; train it anew or switch its stage off`,
    );
  const wanted = `${model.id}@${model.version}`;
  if (head.trainedOn !== wanted)
    throw new InvalidInput('head', `the head was trained on ${head.trainedOn}, the model is ${wanted}; train it anew`);
}
