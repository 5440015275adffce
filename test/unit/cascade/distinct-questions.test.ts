import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distinctQuestions } from '../../../lib/cascade/distinct-questions.ts';
import type { MaskedRecord } from '../../../lib/domain/record.ts';

/** Few values each, so that records often agree in all but one. */
const aMasked: fc.Arbitrary<MaskedRecord> = fc
  .record({
    source: fc.constantFrom('', 'web', 'db'),
    level: fc.constantFrom(undefined, 'info' as const, 'error' as const),
    canonical: fc.constantFrom('Disk at 90 percent', 'Disk at 9 percent'),
    patternId: fc.constantFrom('0123456789abcdef', 'fedcba9876543210'),
    evidence: fc.constantFrom('', 'percent:full'),
    truncated: fc.boolean(),
  })
  .map((masked) => ({ ...masked, pattern: 'Disk at <NUM> percent' }));

describe('distinct questions', () => {
  it('records share a question exactly when nothing that a verdict shows tells them apart', () => {
    fc.assert(
      fc.property(fc.array(aMasked, { maxLength: 60 }), (records) => {
        const { questions, ordinalOf } = distinctQuestions();

        const ordinals = records.map(ordinalOf);

        expect(ordinals.map((ordinal) => questions[ordinal])).toEqual(records);
        expect(questions).toHaveLength(new Set(records.map((record) => JSON.stringify(Object.values(record)))).size);
      }),
    );
  });

  it('keeps the order in which they were first asked', () => {
    const { questions, ordinalOf } = distinctQuestions();
    const asked = (canonical: string): MaskedRecord => ({
      ...{ source: '', level: undefined, evidence: '', truncated: false },
      ...{ pattern: canonical, patternId: canonical, canonical },
    });

    const ordinals = ['b', 'a', 'b', 'c'].map((text) => ordinalOf(asked(text)));

    expect(ordinals).toEqual([0, 1, 0, 2]);
    expect(questions.map(({ canonical }) => canonical)).toEqual(['b', 'a', 'c']);
  });
});
