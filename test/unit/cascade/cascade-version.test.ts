import { describe, expect, it } from 'vitest';
import { contentHash } from '../../../lib/cascade/cascade-version.ts';
import { fakeLanguageModel } from '../../fakes/language-model.ts';
import { aCascade, anEmbeddingModel, type Given, HEAD, SCORE, someSettings } from './a-cascade.ts';

async function versionOf(given: Given = {}): Promise<string> {
  return (await aCascade(given)).version;
}

describe('the version of a cascade', () => {
  it('is 16 hex digits, the same each time', async () => {
    const version = await versionOf();

    expect(version).toMatch(/^[0-9a-f]{16}$/);
    expect(await versionOf()).toBe(version);
  });

  it('differs for anything that can change an answer', async () => {
    const entailmentModel = { id: 'nli', version: '1', entail: async () => [], close: async () => {} };
    const languageModel = fakeLanguageModel(undefined);

    const versions = await Promise.all([
      versionOf(),
      versionOf({ settings: someSettings({ thresholds: { zeroShot: 0.7, llm: 0.5 } }) }),
      versionOf({ settings: someSettings({ routes: { OldCRM: 'llm' } }) }),
      versionOf({ settings: someSettings({ stages: ['rule', 'embedding', 'llm'] }) }),
      versionOf({ score: { ...SCORE, bias: 0.1 } }),
      versionOf({ head: { ...HEAD, temperature: 2 } }),
      versionOf({ rules: [] }),
      versionOf({ maskingVersion: '2' }),
      versionOf({ entailmentModel }),
      versionOf({ languageModel }),
      versionOf({ languageModel: { ...languageModel, version: 'another prompt' } }),
    ]);

    expect(new Set(versions).size).toBe(versions.length);
  });

  it('does not differ for a language model that no stage may ask', async () => {
    const settings = someSettings({ stages: ['rule', 'embedding'], routes: {} });

    expect(await versionOf({ settings, languageModel: fakeLanguageModel(undefined) })).toBe(
      await versionOf({ settings, model: anEmbeddingModel() }),
    );
  });
});

describe('contentHash', () => {
  it('says nothing about the order of keys', () => {
    expect(contentHash({ a: 1, b: [{ c: 2, d: 3 }] })).toBe(contentHash({ b: [{ d: 3, c: 2 }], a: 1 }));
    expect(contentHash([1, 2])).not.toBe(contentHash([2, 1]));
  });
});
