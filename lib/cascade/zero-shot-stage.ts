import { singleLabelProbabilities } from '../inference/zero-shot-probabilities.ts';
import type { EmbeddingModel, EntailmentModel } from '../ports.ts';
import type { Label, Settings } from './settings.ts';
import { dot, indexOfHighest, softmax } from './softmax.ts';
import type { LocalStage, StageAnswer } from './stage.ts';

type Scorer = (labels: readonly Label[], probabilities: readonly number[]) => StageAnswer | undefined;

function zeroShotScorer(settings: Settings, model: { id: string; version: string }): Scorer {
  return (labels, probabilities) => {
    const best = indexOfHighest(probabilities);
    const category = labels[best]?.name;
    const confidence = probabilities[best] ?? 0;
    const sure = confidence >= settings.thresholds.zeroShot;
    return category === undefined ? undefined : { stage: 'zero-shot', category, confidence, sure, model };
  };
}

/** Zero-shot by the embedding alone: cosine of the text with each label's description and examples, the nearest counting, softmax over labels. */
export async function similarityStage(settings: Settings, model: EmbeddingModel): Promise<LocalStage> {
  const texts = settings.labels.map(({ description, examples }) => [description, ...examples]);
  const vectors: Float32Array[][] = [];
  for (const group of texts) vectors.push((await model.embed(group)).map(({ embedding }) => embedding));
  const score = zeroShotScorer(settings, { id: model.id, version: model.version });
  return {
    name: 'zero-shot',
    costly: false,
    ask: async ({ embedded }) => {
      if (embedded === undefined) return undefined;
      const nearest = vectors.map((group) => Math.max(...group.map((vector) => dot(vector, embedded.embedding))));
      return score(settings.labels, softmax(nearest, settings.zeroShot.temperature));
    },
  };
}

/** Zero-shot by a cross-encoder: softmax over the labels' entailment logits, as the published pipelines do for one label of many. */
export function entailmentStage(settings: Settings, model: EntailmentModel): LocalStage {
  const hypotheses = settings.labels.map(({ description }) => settings.zeroShot.hypothesis.replace('{}', description));
  const score = zeroShotScorer(settings, { id: model.id, version: model.version });
  return {
    name: 'zero-shot',
    costly: true,
    ask: async ({ text }) => {
      return score(settings.labels, singleLabelProbabilities(await model.entail(text, hypotheses)));
    },
  };
}
