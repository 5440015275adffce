import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { templateGroups } from '../../../../lib/cascade/training/template-groups.ts';

describe('templateGroups', () => {
  it('puts texts together that share three quarters of their words, and what those are near to', () => {
    const groups = templateGroups([
      'backup of the main archive failed at noon',
      'Backup of the main archive failed at 7',
      'kettle boils',
      'backup of the main archive failed',
    ]);

    expect(groups).toEqual([0, 0, 1, 0]);
  });

  it('keeps texts apart that share half', () => {
    expect(templateGroups(['one two three four', 'one two five six'])).toEqual([0, 1]);
  });

  it('takes texts without words for themselves, and equal ones for one', () => {
    expect(templateGroups(['7', '7.7', '7', ''])).toEqual([0, 1, 0, 2]);
  });

  it('finds what comparing each with each would find', () => {
    const words = fc.constantFrom('ba', 'ce', 'di', 'fo', 'gu', 'ha');
    const texts = fc.array(fc.array(words, { minLength: 1, maxLength: 6 }), { maxLength: 12 });

    fc.assert(
      fc.property(texts, (lists) => {
        const found = templateGroups(lists.map((list) => list.join(' ')));

        lists.forEach((a, at) => {
          lists.forEach((b, other) => {
            const [left, right] = [new Set(a), new Set(b)];
            const shared = [...left].filter((word) => right.has(word)).length;
            if (shared / new Set([...a, ...b]).size >= 0.75) expect(found[at]).toBe(found[other]);
          });
        });
      }),
      { seed: 11, numRuns: 200 },
    );
  });
});
