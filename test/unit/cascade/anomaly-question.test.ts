import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { entailmentQuestion, similarityQuestion, wordingsSchema } from '../../../lib/cascade/anomaly-question.ts';
import { readSettingsFile } from '../../../lib/cascade/settings.ts';
import { loadEntailmentModel } from '../../../lib/inference/entailment-model.ts';
import type { EntailmentModel } from '../../../lib/ports.ts';
import { fakeEmbeddingModel } from '../../fakes/embedding-model.ts';

const FILE = join(import.meta.dirname, '../../../models/anomaly-wordings.json');
const TINY_CROSS_ENCODER = join(import.meta.dirname, '../../fixtures/nli-tiny');
const WORDING = { id: 'replaced-program', anomaly: 'anomaly', normal: 'normal', hypothesis: 'This example is {}.' };

/** Entailment logits of the anomaly's hypothesis and of the other. */
function aModel(anomaly: number, normal: number): EntailmentModel & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    id: 'nli',
    version: '3',
    asked,
    entail: async (_premise, hypotheses) => {
      asked.push(...hypotheses);
      return [anomaly, normal].map((entailment) => ({ entailment, notEntailment: 0 }));
    },
    close: async () => {},
  };
}

describe('the anomaly question to a cross-encoder', () => {
  it('is the replaced program’s: two labels in its template, softmax over their entailment', async () => {
    const model = aModel(Math.log(3), 0);

    const answer = await entailmentQuestion(model, WORDING)('disk failed', 0.5);

    expect(model.asked).toEqual(['This example is anomaly.', 'This example is normal.']);
    expect(answer).toMatchObject({
      label: 'anomaly',
      isAnomaly: true,
      wording: 'replaced-program',
      model: { id: 'nli' },
    });
    expect(answer.confidence).toBeCloseTo(0.75);
  });

  it.each([
    [0.8, 'normal', false, 0.25],
    [0.75, 'anomaly', true, 0.75],
    [0.2, 'anomaly', true, 0.75],
  ] as const)(
    'is answered by the threshold %d, not by the likelier label',
    async (threshold, label, isAnomaly, sure) => {
      const answer = await entailmentQuestion(aModel(Math.log(3), 0), WORDING)('disk failed', threshold - 1e-12);

      expect(answer).toMatchObject({ label, isAnomaly });
      expect(answer.confidence).toBeCloseTo(sure);
    },
  );

  it('is put to the model once for a text, whatever the threshold', async () => {
    const model = aModel(Math.log(3), 0);
    const ask = entailmentQuestion(model, WORDING);

    const labels = [];
    for (const threshold of [0.5, 0.9]) labels.push((await ask('disk failed', threshold)).label);

    expect(labels).toEqual(['anomaly', 'normal']);
    expect(model.asked).toHaveLength(2);
  });

  it('gives the confidence of normal where that is likelier', async () => {
    const answer = await entailmentQuestion(aModel(0, Math.log(4)), WORDING)('disk ok', 0.5);

    expect(answer).toMatchObject({ label: 'normal', isAnomaly: false });
    expect(answer.confidence).toBeCloseTo(0.8);
    expect(answer.anomalyProbability).toBeCloseTo(0.2);
  });

  it('runs on a model of the true architecture', async () => {
    const model = await loadEntailmentModel(TINY_CROSS_ENCODER, { threads: 1 });

    const answer = await entailmentQuestion(model, WORDING)('disk failed', 0.5);
    await model.close();

    expect(answer.anomalyProbability).toBeGreaterThan(0);
    expect(answer.anomalyProbability).toBeLessThan(1);
  });
});

describe('the anomaly question to the embedding', () => {
  it('is answered by the nearer of the two', async () => {
    const model = fakeEmbeddingModel((text) => ({ axis: /anomaly|failed/.test(text) ? 0 : 1 }));
    const ask = await similarityQuestion(model, WORDING);

    expect(await ask('disk failed', 0.5)).toMatchObject({ label: 'anomaly', isAnomaly: true });
    expect(await ask('disk ok', 0.5)).toMatchObject({ label: 'normal', isAnomaly: false });
  });
});

describe('models/anomaly-wordings.json', () => {
  it('offers wordings, the replaced program’s first', async () => {
    const { wordings } = await readSettingsFile(FILE, 'wordings', wordingsSchema);

    expect(wordings[0]).toMatchObject(WORDING);
    expect(wordings.length).toBeGreaterThan(2);
  });
});
