import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decisionMemory, memoryKey } from '../../../lib/cascade/decision-memory.ts';
import type { Decision } from '../../../lib/domain/verdict.ts';
import { aMaskedRecord } from '../../factories/masked-record.ts';

const DECISION: Decision = {
  category: 'Tool',
  confidence: 1,
  score: 0,
  severity: 'info',
  stage: 'rule',
  model: { id: 'rules', version: '1' },
  reason: '',
};

describe('decisionMemory', () => {
  it('keeps what was used lately and stays within its bound', () => {
    const memory = decisionMemory(10);
    memory.set('kept', { decision: DECISION, timesAsked: 1 });

    for (let i = 0; i < 100; i++) {
      memory.set(`passing ${i}`, { decision: DECISION, timesAsked: 1 });
      memory.get('kept');
    }

    const known = Array.from({ length: 100 }, (_, i) => memory.get(`passing ${i}`)).filter((entry) => entry);
    expect(memory.get('kept')).toBeDefined();
    expect(known.length).toBeLessThanOrEqual(10);
    expect(memory.get('passing 0')).toBeUndefined();
  });
});

describe('memoryKey', () => {
  it('is the same only for the same question', () => {
    const question = fc.record({
      source: fc.string({ maxLength: 6 }),
      canonical: fc.string({ maxLength: 6 }),
      evidence: fc.constantFrom('', 'http:5xx'),
      level: fc.constantFrom(undefined, 'info' as const),
      truncated: fc.boolean(),
    });

    fc.assert(
      fc.property(question, question, (a, b) => {
        const keyOf = (given: typeof a) => memoryKey('acme', aMaskedRecord({ ...given, pattern: 'x' }));
        expect(keyOf(a) === keyOf(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });
});
