import { describe, expect, it } from 'vitest';
import { aLabelSet } from '../../factories/label-sets.ts';
import { aMaskedRecord } from '../../factories/masked-record.ts';
import { fakeEmbeddingModel } from '../../fakes/embedding-model.ts';
import { aCascade, type Given, someSettings } from './a-cascade.ts';

/** Each topic is an axis; the labels' own names lie on none of them, so only examples can teach. */
const TOPICS = ['coin', 'crate'];
function topicModel() {
  return fakeEmbeddingModel((text) => {
    const axis = TOPICS.findIndex((topic) => text.includes(topic));
    return { axis: axis === -1 ? 5 : axis };
  });
}

const VERBS = ['counted', 'lost again', 'found under a table', 'sent away', 'painted green', 'returned by post'];
const linesOf = (topic: string, count: number) => VERBS.slice(0, count).map((verb) => `${topic} ${verb}`);
const labelsWith = (coins: readonly string[], crates: readonly string[]) =>
  aLabelSet([
    { name: 'Billing', examples: coins },
    { name: 'Shipping', examples: crates },
  ]);

async function decide(labels: ReturnType<typeof aLabelSet>, pattern: string, given: Given = {}) {
  const cascade = await aCascade({ model: topicModel(), ...given });
  const [decision] = await (await cascade.inTerms({ labels })).decide('acme', [aMaskedRecord({ pattern })]);
  return decision;
}

describe("a head of a label set's own examples", () => {
  it('settles lines that read like them, and the verdict says by what', async () => {
    const labels = labelsWith(linesOf('coin', 5), linesOf('crate', 5));

    const decision = await decide(labels, 'a crate nobody expected');

    expect(decision).toMatchObject({ category: 'Shipping', stage: 'embedding', model: { id: 'fake', version: '1' } });
    expect(decision?.reason).toContain('reads like the examples of Shipping');
  });

  it('leaves lines alone that read like none of them', async () => {
    const labels = labelsWith(linesOf('coin', 5), linesOf('crate', 5));

    expect(await decide(labels, 'something else')).toMatchObject({ category: 'Unclassified', stage: 'none' });
  });

  it.each([
    ['four of one label', linesOf('crate', 4)],
    ['five of one template', ['crate 1 sent', 'crate 2 sent', 'crate 3 sent', 'crate 4 sent', 'crate 5 sent']],
  ])('is not trained by %s', async (_name, crates) => {
    const decision = await decide(labelsWith(linesOf('coin', 5), crates), 'a crate nobody expected');

    expect(decision?.stage).not.toBe('embedding');
  });

  it('is not trained for more labels than it was seen to help', async () => {
    const taught = Array.from({ length: 21 }, (_, index) => ({
      name: `Label ${index}`,
      examples: linesOf(index === 0 ? 'crate' : `thing${String.fromCharCode(97 + index)}`, 5),
    }));

    expect((await decide(aLabelSet(taught), 'a crate nobody expected'))?.stage).not.toBe('embedding');
  });

  it('is not trained where the owner has switched the embedding stage off', async () => {
    const settings = someSettings({ stages: ['rule', 'zero-shot'], routes: {} });
    const labels = labelsWith(linesOf('coin', 5), linesOf('crate', 5));

    expect((await decide(labels, 'a crate nobody expected', { settings }))?.stage).toBe('zero-shot');
  });

  it('gives the same verdicts and version in every process', async () => {
    const labels = labelsWith(linesOf('coin', 6), linesOf('crate', 6));
    const patterns = ['a crate', 'a coin', 'a coin in a crate', 'nothing'];
    const judge = async () => {
      const cascade = await (await aCascade({ model: topicModel() })).inTerms({ labels });
      const questions = patterns.map((pattern) => aMaskedRecord({ pattern }));
      return { version: cascade.version, decisions: await cascade.decide('acme', questions) };
    };

    expect(await judge()).toEqual(await judge());
  });

  it('reads each text once to be trained', async () => {
    const model = topicModel();
    const labels = labelsWith(linesOf('coin', 5), linesOf('crate', 5));
    const cascade = await aCascade({ model });
    model.asked.length = 0;

    await cascade.inTerms({ labels });

    expect(new Set(model.asked).size).toBe(model.asked.length);
  });
});
