import { singleLabelProbabilities } from '../inference/zero-shot-probabilities.ts';
import type { EmbeddingModel, EntailmentModel } from '../ports.ts';
import type { Settings } from './settings.ts';
import { dot, indexOfHighest, softmax } from './softmax.ts';
import type { LocalStage, StageAnswer } from './stage.ts';

/** Takes one probability per label and a last one for "none of these". */
type Scorer = (probabilities: readonly number[]) => StageAnswer | undefined;

function zeroShotScorer(settings: Settings, model: { id: string; version: string }): Scorer {
  return (probabilities) => {
    const best = indexOfHighest(probabilities.slice(0, settings.labels.length));
    const none = probabilities[settings.labels.length] ?? 0;
    const category = settings.labels[best]?.name;
    if (category === undefined) return undefined;
    const confidence = probabilities[best] ?? 0;
    const sure = confidence >= settings.thresholds.zeroShot && confidence > none;
    return { stage: 'zero-shot', category, confidence, sure, model };
  };
}

/** Zero-shot by the embedding alone: cosine of the text with each label's description and examples and with the background, the nearest of each counting, softmax over them. */
export async function similarityStage(settings: Settings, model: EmbeddingModel): Promise<LocalStage> {
  const texts = [
    ...settings.labels.map(({ description, examples }) => [description, ...examples]),
    settings.zeroShot.background,
  ];
  const vectors: Float32Array[][] = [];
  for (const group of texts) vectors.push((await model.embed(group)).map(({ embedding }) => embedding));
  const score = zeroShotScorer(settings, { id: model.id, version: model.version });
  return {
    name: 'zero-shot',
    costly: false,
    ask: async ({ embedded }) => {
      if (embedded === undefined) return undefined;
      const nearest = vectors.map((group) => Math.max(...group.map((vector) => dot(vector, embedded.embedding))));
      return score(softmax(nearest, settings.zeroShot.temperature));
    },
  };
}

/** Zero-shot by a cross-encoder: softmax over the labels' entailment logits, as the published pipelines do for one label of many. */
export function entailmentStage(settings: Settings, model: EntailmentModel): LocalStage {
  const descriptions = [
    ...settings.labels.map(({ description }) => description),
    ...settings.zeroShot.background.slice(0, 1),
  ];
  const hypotheses = descriptions.map((description) => settings.zeroShot.hypothesis.replace('{}', () => description));
  const score = zeroShotScorer(settings, { id: model.id, version: model.version });
  return {
    name: 'zero-shot',
    costly: true,
    ask: async ({ text }) => {
      return score(singleLabelProbabilities(await model.entail(text, hypotheses)));
    },
  };
}
