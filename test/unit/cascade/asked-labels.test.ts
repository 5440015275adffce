import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Terms } from '../../../lib/domain/terms.ts';
import type { EntailmentModel } from '../../../lib/ports.ts';
import { aLabelSet } from '../../factories/label-sets.ts';
import { aMaskedRecord } from '../../factories/masked-record.ts';
import { type FakeEmbedding, fakeEmbeddingModel } from '../../fakes/embedding-model.ts';
import { fakeLanguageModel } from '../../fakes/language-model.ts';
import { memoryVerdictCache } from '../../fakes/verdict-cache.ts';
import { aCascade, anEmbeddingModel, type Given, someSettings } from './a-cascade.ts';

const TOPICS = ['money', 'parcels', 'birds', 'weather'] as const;

/** Each topic is an axis; a text lies on the one it names. */
function topicModel() {
  return fakeEmbeddingModel((text): FakeEmbedding => {
    const axis = TOPICS.findIndex((topic) => text.includes(topic));
    return { axis: axis === -1 ? 5 : axis, errorLogit: text.includes('lost') ? 6 : -6 };
  });
}

const BILLING = { name: 'Billing', description: 'about money' };
const SHIPPING = { name: 'Shipping', description: 'about parcels' };
const twoLabels = aLabelSet([BILLING, SHIPPING]);

async function decide(pattern: string, terms: Terms = { labels: twoLabels }, given: Given = {}, record = {}) {
  const cascade = await aCascade({ model: topicModel(), ...given });
  const [decision] = await (await cascade.inTerms(terms)).decide('acme', [aMaskedRecord({ pattern, ...record })]);
  if (decision === undefined) throw new Error('no decision');
  return decision;
}

/** Says entailment of the one hypothesis that holds the word. */
function entailing(word: string): EntailmentModel & { readonly asked: string[][] } {
  const asked: string[][] = [];
  return {
    id: 'nli',
    version: '3',
    asked,
    entail: async (_premise, hypotheses) => {
      asked.push([...hypotheses]);
      return hypotheses.map((hypothesis) => ({ entailment: hypothesis.includes(word) ? 5 : 0, notEntailment: 0 }));
    },
    close: async () => {},
  };
}

describe("a caller's own labels", () => {
  it('are compared with the text by the embedding, which the verdict names', async () => {
    expect(await decide('7 parcels left')).toMatchObject({
      category: 'Shipping',
      stage: 'zero-shot',
      model: { id: 'fake', version: '1' },
    });
  });

  it('are asked of the cross-encoder where one is there, by their template', async () => {
    const entailmentModel = entailing('about money');

    const decision = await decide(
      '7 parcels left',
      { labels: aLabelSet([BILLING, SHIPPING], 'Reads {}.') },
      { entailmentModel },
    );

    expect(decision).toMatchObject({ category: 'Billing', stage: 'zero-shot', model: { id: 'nli' } });
    expect(entailmentModel.asked).toEqual([['Reads about money.', 'Reads about parcels.', 'Reads about nothing.']]);
  });

  it('are read by their names where nothing describes them', async () => {
    const decision = await decide('7 parcels left', { labels: aLabelSet(['money', 'parcels']) });

    expect(decision.category).toBe('parcels');
  });

  it('are as near as the nearest of description and examples, which are masked as lines are', async () => {
    const labels = aLabelSet([BILLING, { ...SHIPPING, examples: ['birds 4711 flew'] }]);
    const model = topicModel();

    const decision = await decide('birds at noon', { labels }, { model });

    expect(decision.category).toBe('Shipping');
    expect(model.asked).toContain('birds 7 flew');
  });

  it('leave a text unclassified that is near none of them', async () => {
    expect(await decide('nobody knows')).toMatchObject({ category: 'Unclassified', stage: 'none', confidence: 0 });
  });

  it('are settled by no rule and no head of the service, though a name be the same', async () => {
    const labels = aLabelSet([{ name: 'Tool', description: 'about money' }, SHIPPING]);

    const byRule = await decide('saw parcels', { labels });
    const byHead = await decide('a hammer fell', { labels }, { model: anEmbeddingModel() });

    expect([byRule.category, byRule.stage]).toEqual(['Shipping', 'zero-shot']);
    expect(byHead.stage).not.toBe('embedding');
  });

  it('are what the language model is held to', async () => {
    const said = await decide('nobody knows', undefined, {
      languageModel: fakeLanguageModel({ label: 'Billing', confidence: 0.8 }),
    });
    const unlisted = await decide('nobody knows', undefined, {
      languageModel: fakeLanguageModel({ label: 'Fruit', confidence: 0.8 }),
    });

    expect(said).toMatchObject({ category: 'Billing', stage: 'llm' });
    expect(unlisted.category).toBe('Unclassified');
  });

  it.each(['picked 7 parcels', 'saw parcels', 'lost parcels', 'nobody knows'])(
    'leave the anomaly score and severity of "%s" as they are',
    async (pattern) => {
      const model = topicModel();
      const [plain] = await (await aCascade({ model })).decide('acme', [aMaskedRecord({ pattern, level: 'warn' })]);

      const asked = await decide(pattern, undefined, { model }, { level: 'warn' });

      expect([asked.score, asked.severity]).toEqual([plain?.score, plain?.severity]);
    },
  );

  it('give the same verdict in whatever order they were sent', async () => {
    const labels = TOPICS.map((topic) => ({ name: `On ${topic}`, description: `about ${topic}` }));
    const cascade = await aCascade({ model: topicModel() });
    const questions = [...TOPICS, 'money and parcels'].map((pattern) => aMaskedRecord({ pattern }));
    const inOrder = await cascade.inTerms({ labels: aLabelSet(labels) });
    const expected = await inOrder.decide('acme', questions);

    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(labels, { minLength: labels.length }), async (shuffled) => {
        const other = await cascade.inTerms({ labels: aLabelSet(shuffled) });

        expect(other.version).toBe(inOrder.version);
        expect(await other.decide('acme', questions)).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });
});

describe('what own labels cost', () => {
  const many = Array.from({ length: 20 }, (_, index) => ({ name: `Other ${index}`, description: `thing ${index}` }));

  it('of many labels the cross-encoder is asked the five nearest by the embedding', async () => {
    const entailmentModel = entailing('about parcels');

    const decision = await decide('7 parcels left', { labels: aLabelSet([...many, SHIPPING]) }, { entailmentModel });

    expect(decision.category).toBe('Shipping');
    expect(entailmentModel.asked.map(({ length }) => length)).toEqual([6]);
  });

  it('says nothing of many labels where the embedding failed, and the verdict says so', async () => {
    const entailmentModel = entailing('about parcels');
    const model = topicModel();
    const cascade = await aCascade({ model, entailmentModel });
    const asked = await cascade.inTerms({ labels: aLabelSet([...many, SHIPPING]) });

    model.failing = true;
    const [decision] = await asked.decide('acme', [aMaskedRecord({ pattern: '7 parcels left' })]);

    expect(decision).toMatchObject({ category: 'Unclassified', degraded: 'model-failed' });
    expect(entailmentModel.asked).toEqual([]);
  });

  it('embeds a label set once, and asks a pattern once', async () => {
    const model = topicModel();
    const cascade = await aCascade({ model });
    const question = aMaskedRecord({ pattern: '7 parcels left' });
    const first = await (await cascade.inTerms({ labels: twoLabels })).decide('acme', [question, question]);
    model.asked.length = 0;

    const again = await (await cascade.inTerms({ labels: aLabelSet([SHIPPING, BILLING]) })).decide('acme', [question]);

    expect(again[0]).toEqual(first[0]);
    expect(model.asked).toEqual([]);
  });

  it('keeps the sets last asked for, and forgets one that could not be embedded', async () => {
    const model = topicModel();
    const cascade = await aCascade({ model });
    const setOf = (index: number) => ({ labels: aLabelSet([BILLING, { name: `Other ${index}` }]) });
    model.failing = true;
    await expect(cascade.inTerms(setOf(0))).rejects.toThrow('no session');
    model.failing = false;

    const first = await cascade.inTerms(setOf(0));
    for (let index = 1; index < 20; index++) await cascade.inTerms(setOf(index));

    expect(await cascade.inTerms(setOf(19))).toBe(await cascade.inTerms(setOf(19)));
    expect(await cascade.inTerms(setOf(0))).not.toBe(first);
  });

  it.each([
    ['labels', { labels: aLabelSet([BILLING, { ...SHIPPING, description: 'about birds' }]) }],
    ['examples', { labels: aLabelSet([BILLING, { ...SHIPPING, examples: ['birds'] }]) }],
    ['a template', { labels: aLabelSet([BILLING, SHIPPING], 'It says {}.') }],
    ['a share of anomalies', { labels: twoLabels, anomalyBaseRate: 0.01 }],
    ['no labels', { anomalyBaseRate: 0.01 }],
  ])('takes no stored verdict of other %s', async (_name, other) => {
    const cache = memoryVerdictCache();
    const question = aMaskedRecord({ pattern: '7 parcels left' });
    const stored = await (await aCascade({ cache, model: topicModel() })).inTerms({ labels: twoLabels });
    await stored.decide('acme', [question, question]);
    const model = topicModel();
    const fresh = await aCascade({ cache, model });
    const same = await fresh.inTerms({ labels: twoLabels });
    const changed = await fresh.inTerms(other);
    model.asked.length = 0;

    await same.decide('acme', [question]);
    const askedOfSame = model.asked.length;
    await changed.decide('acme', [question]);

    expect(changed.version).not.toBe(same.version);
    expect([askedOfSame, model.asked.length]).toEqual([0, 1]);
  });

  it('shares the budget of the language model between all label sets', async () => {
    const languageModel = fakeLanguageModel({ label: 'Billing', confidence: 0.8 });
    const llm = { textsPerCall: 1, timeoutMs: 1000, callsPerHour: 1, confidenceCap: 0.9 };
    const cascade = await aCascade({ model: topicModel(), languageModel, settings: someSettings({ llm }) });
    const question = aMaskedRecord({ pattern: 'nobody knows' });

    await cascade.decide('acme', [question]);
    const [decision] = await (await cascade.inTerms({ labels: twoLabels })).decide('acme', [question]);

    expect(decision?.degraded).toBe('llm-out-of-budget');
  });
});

describe('terms that change nothing', () => {
  it.each([
    ['no terms', {}],
    ["the service's labels by their names", { labels: aLabelSet(['Tool', 'Fruit']) }],
  ])('are answered by the cascade itself: %s', async (_name, terms) => {
    const cascade = await aCascade();

    expect((await cascade.inTerms(terms)).version).toBe(cascade.version);
    expect(
      (await (await cascade.inTerms(terms)).decide('acme', [aMaskedRecord({ pattern: 'picked it' })]))[0]?.stage,
    ).toBe('rule');
  });
});

describe("a tenant's share of anomalies", () => {
  it('makes scores probabilities for it, in the service own labels and stages', async () => {
    const plain = await decide('lost parcels', {});
    const rare = await decide('lost parcels', { anomalyBaseRate: 0.001 });

    expect(rare.score).toBeLessThan(plain.score);
    expect(rare.stage).toBe(plain.stage);
  });
});
