import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../lib/domain/verdict.ts';
import { categoryReport, type Judged } from './reports.ts';

const aVerdict = (fields: Partial<Verdict>): Verdict => ({
  category: 'Unclassified',
  confidence: 0,
  anomaly: { score: 0, isAnomaly: false, threshold: 0.5 },
  severity: 'info',
  stage: 'none',
  model: { id: 'm', version: '1' },
  reason: '',
  pattern: 'p',
  patternId: 'p',
  ...fields,
});
const settled = (label: string): Judged => ({
  label,
  verdict: aVerdict({ category: 'Error', confidence: 0.9, stage: 'embedding' }),
});

describe('categoryReport', () => {
  it('asks of the confidence of what was settled alone whether it came true', () => {
    const unsettled: Judged = { label: 'Unclassified', verdict: aVerdict({}) };

    const both = categoryReport([settled('Error'), unsettled]);
    const none = categoryReport([unsettled]);

    expect(both.accuracy).toBe(1);
    expect(both.ece).toBeCloseTo(0.1);
    expect(both.brier).toBeCloseTo(0.01);
    expect([none.accuracy, none.ece, none.brier]).toEqual([1, undefined, undefined]);
  });
});
