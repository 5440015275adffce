import type { MaskedRecord } from '../domain/record.ts';
import { type Decision, UNCLASSIFIED } from '../domain/verdict.ts';

/** Not white space, not a control or format character. */
const VISIBLE = /[^\s\p{Cc}\p{Cf}]/u;

export function hasText({ canonical }: MaskedRecord): boolean {
  return VISIBLE.test(canonical);
}

/** A record without text is told so; no stage is asked about it. */
export function blankDecision({ level }: MaskedRecord): Decision {
  return {
    category: UNCLASSIFIED,
    confidence: 0,
    score: 0,
    severity: level ?? 'info',
    stage: 'none',
    model: { id: 'none', version: '1' },
    reason: 'the record holds no text',
  };
}
