import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../lib/domain/limits.ts';
import { type JudgedRow, type Judgement, PACKED_BYTES, packPage, unpackPage } from '../../../lib/jobs/page.ts';
import { aDecision } from '../../factories/jobs.ts';
import { seeded } from '../../fakes/unreliable.ts';

const judgement = fc
  .record({
    patternId: fc.stringMatching(/^[0-9a-f]{16}$/),
    pattern: fc.string({ unit: 'binary', maxLength: 60 }),
    category: fc.string({ maxLength: 20 }),
    reason: fc.string({ unit: 'binary', maxLength: 60 }),
    score: fc.double({ min: 0, max: 1, noNaN: true }).map((score) => score + 0),
    ruleId: fc.option(fc.string(), { nil: undefined }),
    degraded: fc.constantFrom(undefined, 'llm-off' as const),
    truncated: fc.constantFrom(undefined, true as const),
  })
  .map(({ patternId, pattern, ...decision }): Judgement => ({ patternId, pattern, decision: aDecision(decision) }));

const rows = fc
  .tuple(fc.array(judgement, { minLength: 1, maxLength: 5 }), fc.array(fc.nat({ max: 6 }), { maxLength: 40 }), fc.nat())
  .map(([judgements, picks, first]) =>
    picks.map((pick, index): JudgedRow => {
      const place = { row: first + index, line: first + index * 3 + pick };
      const judged = judgements[pick];
      return judged === undefined ? { ...place, rejection: `rejected ${pick}` } : { ...place, judgement: judged };
    }),
  );

describe('a page', () => {
  it('comes back as it was packed', () => {
    fc.assert(
      fc.property(rows, fc.string(), (given, cascade) => {
        const unpacked = unpackPage(packPage({ cascade, rows: given }));

        // Through JSON: a decision's absent field and an undefined one are the same.
        expect(unpacked).toEqual(JSON.parse(JSON.stringify({ cascade, rows: given })));
      }),
      { seed: 1 },
    );
  });

  it('gives rows that were judged alike the same object', () => {
    const shared = { patternId: 'a', pattern: 'p', decision: aDecision() };
    const given = [1, 2, 3].map((row): JudgedRow => ({ row, line: row, judgement: shared }));

    const [first, second] = unpackPage(packPage({ cascade: 'v', rows: given })).rows;

    expect(first && 'judgement' in first && first.judgement).toBe(second && 'judgement' in second && second.judgement);
  });

  it('fits an item when every row holds other text that does not compress', () => {
    const random = seeded(1);
    const noise = (length: number) =>
      Array.from({ length }, () => String.fromCharCode(0x4e00 + Math.floor(random() * 20_000))).join('');
    const given = Array.from({ length: LIMITS.pageRecords }, (_, row): JudgedRow => {
      const decision = aDecision({ reason: noise(LIMITS.reasonChars), confidence: random(), score: random() });
      return { row, line: row, judgement: { patternId: noise(16), pattern: noise(LIMITS.patternChars), decision } };
    });

    const packed = packPage({ cascade: 'v', rows: given });

    expect(packed.byteLength).toBeLessThanOrEqual(PACKED_BYTES);
    expect(unpackPage(packed).rows).toHaveLength(LIMITS.pageRecords);
  });

  it('fits an item when every row was rejected with a long reason', () => {
    const random = seeded(2);
    const given = Array.from({ length: LIMITS.pageRecords }, (_, row): JudgedRow => {
      const rejection = Array.from({ length: 5_000 }, () =>
        String.fromCodePoint(0x20000 + Math.floor(random() * 9_999)),
      );
      return { row, line: row, rejection: rejection.join('') };
    });

    const packed = packPage({ cascade: 'v', rows: given });

    expect(packed.byteLength).toBeLessThanOrEqual(PACKED_BYTES);
  });

  it('is small for ordinary rows', () => {
    const judgements = Array.from({ length: 20 }, (_, index) => ({
      patternId: index.toString(16).padStart(16, '0'),
      pattern: `worker <NUM> finished task ${index}`,
      decision: aDecision(),
    }));
    const given = Array.from({ length: LIMITS.pageRecords }, (_, row): JudgedRow => {
      const judged = judgements[row % 20];
      return judged === undefined ? { row, line: row, rejection: '' } : { row, line: row, judgement: judged };
    });

    expect(packPage({ cascade: 'v', rows: given }).byteLength).toBeLessThan(2_000);
  });

  it('is refused when its bytes are no page', () => {
    expect(() => unpackPage(Buffer.from('not a page'))).toThrow();
  });
});
