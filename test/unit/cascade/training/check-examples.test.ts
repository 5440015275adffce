import { describe, expect, it } from 'vitest';
import { checkExamples } from '../../../../lib/cascade/training/check-examples.ts';
import { templateGroups } from '../../../../lib/cascade/training/template-groups.ts';
import { aPattern } from '../../../factories/samples.ts';

const KNOWN = new Set(['Tea', 'Coffee']);

function check(...examples: readonly (readonly [label: string, canonical: string])[]): void {
  const patterns = examples.map(([label, canonical]) => aPattern({ label, canonical }));
  const groups = templateGroups(patterns.map(({ canonical }) => canonical));
  checkExamples(patterns, groups, KNOWN);
}

describe('checkExamples', () => {
  it.each([
    ['no lines', [], /^there are no labelled lines$/],
    ['a line without a label', [['', 'x']], /^lines.csv has lines without a label$/],
    [
      'a label that is not listed',
      [['Cocoa', 'x']],
      /^lines.csv has the label Cocoa, which is not among the labels \(Tea, Coffee; Unclassified for lines of none\)$/,
    ],
    [
      'one text under two labels',
      [
        ['Tea', 'kettle boils'],
        ['Coffee', 'filter full'],
        ['Coffee', 'kettle boils'],
      ],
      /^lines.csv: "kettle boils" \(as it reads masked\) is an example of both Tea and Coffee$/,
    ],
    [
      'one label only',
      [
        ['Tea', 'kettle boils'],
        ['Tea', 'leaves steep'],
      ],
      /^all lines have the label Tea; a head tells at least two apart$/,
    ],
    [
      'a label of one template',
      [
        ['Tea', 'the old kettle boils at 7'],
        ['Tea', 'the old kettle boils at 7 and 7'],
        ['Coffee', 'beans ground'],
        ['Coffee', 'filter full'],
      ],
      /^all lines of Tea come down to one template; to learn a label .* or leave the label out$/,
    ],
  ] as const)('refuses %s in a sentence', (_, examples, sentence) => {
    expect(() => check(...examples)).toThrow(sentence);
  });

  it('takes two labels of two templates each, and lines of none', () => {
    expect(() =>
      check(
        ['Tea', 'kettle boils'],
        ['Tea', 'leaves steep'],
        ['Unclassified', 'door shut'],
        ['Unclassified', 'lamp lit'],
      ),
    ).not.toThrow();
  });
});
