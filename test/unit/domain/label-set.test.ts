import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hypothesisTemplateSchema, labelSetSchema, labelsSchema, toLabelSet } from '../../../lib/domain/label-set.ts';

describe('labels of a request', () => {
  it('may be names, or names with what they mean and lines of their kind', () => {
    const labels = labelsSchema.parse([
      ' Billing ',
      { name: 'Shipping', description: 'parcels', examples: ['sent 7'] },
    ]);

    expect(labels).toEqual([
      { name: 'Billing', examples: [] },
      { name: 'Shipping', description: 'parcels', examples: ['sent 7'] },
    ]);
  });

  it.each([
    ['none', []],
    ['one', ['Billing']],
    ['200', Array.from({ length: 200 }, (_, index) => `Label ${index}`)],
    ['one of 10 kB', ['Billing', 'x'.repeat(10_000)]],
    ['a description of 10 kB', ['Billing', { name: 'Shipping', description: 'x'.repeat(10_000) }]],
    ['an example of 10 kB', ['Billing', { name: 'Shipping', examples: ['x'.repeat(10_000)] }]],
    ['51 examples of one', ['Billing', { name: 'Shipping', examples: Array.from({ length: 51 }, () => 'sent') }]],
    ['two of one name', ['Billing', 'Shipping', 'Billing']],
    ['two of one name but for its case and space', ['Billing', ' bIlling\u3000']],
    ['two of one name but for how an umlaut is written', ['Gr\u00fcn', 'Gru\u0308n']],
    ['an empty name', ['Billing', ' ']],
    ['a line break in a name', ['Billing', 'Ship\nping']],
    ['a control character in a description', ['Billing', { name: 'Shipping', description: 'par\u0007cels' }]],
    ['half a character', ['Billing', 'Ship\ud800ping']],
    ['a name that objects have', ['Billing', 'constructor']],
    ['the prototype', ['Billing', '__proto__']],
    ['the name of having none', ['Billing', 'unclassified']],
    ["a language model's word for none", ['Billing', 'None of these']],
    ['an unknown field', ['Billing', { name: 'Shipping', exmaples: [] }]],
    ['a number', ['Billing', 7]],
    ['more than 64 kB in all', manyExamples(90, 20)],
    ['more than 500 examples in all', manyExamples(30, 20, 'x')],
  ])('are refused: %s', (_name, labels) => {
    expect(labelsSchema.safeParse(labels).success).toBe(false);
  });

  it('name both labels of a line that stands under two', () => {
    const labels = ['Billing', 'Shipping'].map((name) => ({ name, examples: [`of ${name}`, 'refund sent'] }));

    const issue = labelsSchema.safeParse(labels).error?.issues[0];

    expect(issue).toMatchObject({ path: [1, 'examples', 1], message: 'is an example of both Billing and Shipping' });
  });

  it.each(['no place', '{} and {}', `${'x'.repeat(200)}{}`, 'about\n{}', ''])('refuse the template %j', (template) => {
    expect(hypothesisTemplateSchema.safeParse(template).success).toBe(false);
  });

  it('are the same set in whatever order they were sent', () => {
    const names = ['Billing', 'Shipping', 'Returns', 'Ärger', 'zebra'];

    fc.assert(
      fc.property(fc.shuffledSubarray(names, { minLength: names.length }), (shuffled) => {
        expect(toLabelSet({ labels: labelsSchema.parse(shuffled) })).toEqual(
          toLabelSet({ labels: labelsSchema.parse(names) }),
        );
      }),
    );
  });

  it('are read from a store as they were written', () => {
    const set = toLabelSet({ labels: labelsSchema.parse(['b', { name: 'a', description: 'an a' }]) });

    expect(labelSetSchema.parse(JSON.parse(JSON.stringify(set)))).toEqual(set);
  });

  it('are needed for a template', () => {
    expect(() => toLabelSet({ hypothesis_template: 'about {}' })).toThrow('send labels too');
    expect(toLabelSet({})).toBeUndefined();
  });
});

function manyExamples(labels: number, examples: number, text = 'x'.repeat(50)) {
  return Array.from({ length: labels }, (_, index) => ({
    name: `Label ${index}`,
    examples: Array.from({ length: examples }, () => text),
  }));
}
