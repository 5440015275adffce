import { describe, expect, it } from 'vitest';
import { dealFolds, FOLDS } from '../../../../lib/cascade/training/deal-folds.ts';

const grouped = (label: string, group: number) => ({ label, group, patternId: `${label}${group}` });

describe('dealFolds', () => {
  it('keeps a group in one fold, whatever labels it has', () => {
    const samples = Array.from({ length: 40 }, (_, at) => grouped(at % 3 === 0 ? 'Tea' : 'Coffee', at % 7));

    const folds = dealFolds(samples);

    const byGroup = new Map(samples.map(({ group }, at) => [group, folds[at]]));
    expect(samples.every(({ group }, at) => byGroup.get(group) === folds[at])).toBe(true);
  });

  it('spreads each label evenly, the rare ones too', () => {
    const samples = [
      ...Array.from({ length: 50 }, (_, at) => grouped('Coffee', at)),
      ...Array.from({ length: 2 }, (_, at) => grouped('Tea', 50 + at)),
    ];

    const folds = dealFolds(samples);

    const coffee = Array.from({ length: FOLDS }, (_, fold) => folds.slice(0, 50).filter((one) => one === fold).length);
    expect(coffee).toEqual([10, 10, 10, 10, 10]);
    expect(folds[50]).not.toBe(folds[51]);
  });

  it('deals the same in every run, and whatever the order of the samples', () => {
    const samples = Array.from({ length: 30 }, (_, at) => grouped(['Tea', 'Coffee'][at % 2] ?? '', at));

    const folds = dealFolds(samples);
    const backwards = dealFolds(samples.toReversed()).toReversed();

    expect(dealFolds(samples)).toEqual(folds);
    expect(backwards).toEqual(folds);
  });
});
