import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearTo } from '../../../../lib/cascade/training/near-texts.ts';

describe('nearTo', () => {
  const isNear = nearTo(['fan 4 stopped', 'Order 88 was split into two parcels']);

  it.each([
    ['FAN 9 stopped', true],
    ['order was split into parcels', true],
    ['order was shipped in two boxes', false],
    ['', false],
    ['12:30', false],
  ])('of %j says %s', (text, expected) => {
    expect(isNear(text)).toBe(expected);
  });

  it('finds what comparing with each would find', () => {
    const words = fc.constantFrom('ba', 'ce', 'di', 'fo', 'gu', 'ha');
    const text = fc.array(words, { maxLength: 6 });

    fc.assert(
      fc.property(fc.array(text, { maxLength: 8 }), text, (learned, asked) => {
        const wanted = learned.some((other) => {
          const [left, right] = [new Set(asked), new Set(other)];
          return [...left].filter((word) => right.has(word)).length / new Set([...asked, ...other]).size >= 0.6;
        });

        expect(nearTo(learned.map((list) => list.join(' ')))(asked.join(' '))).toBe(wanted);
      }),
      { seed: 3, numRuns: 500 },
    );
  });
});
