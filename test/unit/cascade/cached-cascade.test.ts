import { describe, expect, it } from 'vitest';
import type { VerdictCache } from '../../../lib/ports.ts';
import { aMaskedRecord } from '../../factories/masked-record.ts';
import { fakeLanguageModel } from '../../fakes/language-model.ts';
import { memoryVerdictCache } from '../../fakes/verdict-cache.ts';
import { aCascade, anEmbeddingModel, someSettings } from './a-cascade.ts';

/** A store that counts what it is given. */
function countingStore() {
  const store = memoryVerdictCache();
  const puts: number[] = [];
  const counting: VerdictCache & { puts: number[] } = {
    puts,
    get: store.get,
    put: async (tenant, entries) => {
      puts.push(entries.size);
      await store.put(tenant, entries);
    },
  };
  return counting;
}

const HAMMER = aMaskedRecord({ pattern: 'a hammer fell' });

describe('the cache before the stages', () => {
  it('asks the model once for a question, however often it comes', async () => {
    const model = anEmbeddingModel();
    const cascade = await aCascade({ model });
    model.asked.length = 0;

    const [first, again] = await cascade.decide('acme', [HAMMER, HAMMER]);
    const [later] = await cascade.decide('acme', [HAMMER]);

    expect(model.asked).toEqual(['a hammer fell']);
    expect([again, later]).toEqual([first, first]);
  });

  it('answers in the order asked, known and new ones mixed', async () => {
    const cascade = await aCascade();
    await cascade.decide('acme', [HAMMER]);

    const decisions = await cascade.decide('acme', [
      aMaskedRecord({ pattern: 'an apple' }),
      HAMMER,
      aMaskedRecord({ pattern: 'picked it' }),
    ]);

    expect(decisions.map(({ category, stage }) => `${category} ${stage}`)).toEqual([
      'Fruit embedding',
      'Tool embedding',
      'Fruit rule',
    ]);
  });

  it.each([
    ['source', aMaskedRecord({ ...HAMMER, source: 'LegacyCRM' })],
    ['level', aMaskedRecord({ ...HAMMER, level: 'error' })],
    ['evidence', aMaskedRecord({ ...HAMMER, evidence: 'http:5xx' })],
    ['truncation', aMaskedRecord({ ...HAMMER, truncated: true })],
  ])('takes another %s for another question', async (_, other) => {
    const cascade = await aCascade();

    const [plain, changed] = await cascade.decide('acme', [HAMMER, other]);

    expect(changed).not.toEqual(plain);
  });

  it('does not confuse a source that ends like a text begins', async () => {
    const cascade = await aCascade();

    const decisions = await cascade.decide('acme', [
      aMaskedRecord({ source: 'a', canonical: 'picked hammer' }),
      aMaskedRecord({ source: 'apicked', canonical: ' hammer' }),
    ]);

    expect(decisions.map(({ stage }) => stage)).toEqual(['rule', 'embedding']);
  });

  it('tells the store at the second time and no more', async () => {
    const cache = countingStore();
    const cascade = await aCascade({ cache });

    for (let i = 0; i < 4; i++) await cascade.decide('acme', [HAMMER]);

    expect(cache.puts).toEqual([1]);
  });

  it('tells the store at once what a language model was paid for', async () => {
    const cache = countingStore();
    const cascade = await aCascade({ cache, languageModel: fakeLanguageModel({ label: 'Tool', confidence: 0.8 }) });

    await cascade.decide('acme', [aMaskedRecord({ pattern: 'nobody knows' }), HAMMER]);

    expect(cache.puts).toEqual([1]);
  });

  it('tells the store at once what a cross-encoder was asked', async () => {
    const cache = countingStore();
    const entailmentModel = {
      id: 'nli',
      version: '1',
      entail: async () => [5, 0, 0].map((entailment) => ({ entailment, notEntailment: 0 })),
      close: async () => {},
    };
    const cascade = await aCascade({ cache, entailmentModel });

    const [decision] = await cascade.decide('acme', [aMaskedRecord({ pattern: 'near the description' }), HAMMER]);

    expect(decision).toMatchObject({ category: 'Fruit', stage: 'zero-shot', model: { id: 'nli' } });
    expect(cache.puts).toEqual([1]);
  });

  it('takes what another process stored, and asks no model', async () => {
    const cache = memoryVerdictCache();
    const [original] = await (await aCascade({ cache })).decide('acme', [HAMMER, HAMMER]);
    const model = anEmbeddingModel();
    const other = await aCascade({ cache, model });
    model.asked.length = 0;

    const [decision] = await other.decide('acme', [HAMMER]);

    expect(decision).toEqual(original);
    expect(model.asked).toEqual([]);
  });

  it('takes nothing that another tenant or another version stored', async () => {
    const cache = memoryVerdictCache();
    await (await aCascade({ cache })).decide('acme', [HAMMER, HAMMER]);
    const model = anEmbeddingModel();
    const same = await aCascade({ cache, model });
    const changed = await aCascade({ cache, model, settings: someSettings({ routes: {} }) });
    model.asked.length = 0;

    await same.decide('other', [HAMMER]);
    await changed.decide('acme', [HAMMER]);

    expect(model.asked).toEqual(['a hammer fell', 'a hammer fell']);
  });

  it('never stores a degraded decision, and asks again where the cause may be gone', async () => {
    const cache = countingStore();
    const model = anEmbeddingModel();
    const cascade = await aCascade({ cache, model });

    model.failing = true;
    const [failed] = await cascade.decide('acme', [HAMMER, HAMMER]);
    model.failing = false;
    const [mended] = await cascade.decide('acme', [HAMMER]);

    expect(failed?.degraded).toBe('model-failed');
    expect(mended).toMatchObject({ category: 'Tool', stage: 'embedding' });
    expect(cache.puts).toEqual([]);
  });

  it('keeps what only lacked a stage that is off in this process, never in the store', async () => {
    const cache = countingStore();
    const model = anEmbeddingModel();
    const cascade = await aCascade({ cache, model });
    const unknown = aMaskedRecord({ pattern: 'nobody knows' });
    model.asked.length = 0;

    for (let i = 0; i < 3; i++) await cascade.decide('acme', [unknown]);

    expect(model.asked).toEqual(['nobody knows']);
    expect(cache.puts).toEqual([]);
  });

  it('answers though the store is out of order', async () => {
    const broken: VerdictCache = {
      get: () => Promise.reject(new Error('no table')),
      put: () => Promise.reject(new Error('no table')),
    };
    const cascade = await aCascade({ cache: broken });

    const decisions = await cascade.decide('acme', [HAMMER, HAMMER]);

    expect(decisions.map(({ category }) => category)).toEqual(['Tool', 'Tool']);
  });
});
