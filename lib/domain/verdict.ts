import type { Severity } from './severity.ts';

/** The cascade's stages in the order they are asked; `none` means that no stage was sure enough. */
export const STAGES = ['rule', 'embedding', 'zero-shot', 'llm', 'none'] as const;
export type Stage = (typeof STAGES)[number];

/** The category of a record that no stage was sure enough about. */
export const UNCLASSIFIED = 'Unclassified';

/** Why a verdict is not what a whole cascade would have given. Such a verdict is never cached. */
export const DEGRADATIONS = ['out-of-time', 'llm-off', 'llm-failed', 'llm-out-of-budget', 'model-failed'] as const;
export type Degradation = (typeof DEGRADATIONS)[number];

/** What the cascade says of a masked record. Holds no threshold, so it can be cached and read under any. */
export interface Decision {
  readonly category: string;
  /** Probability that the category is right, 0-1. */
  readonly confidence: number;
  /**
   * The content score: probability that the record is an anomaly, from the record alone, 0-1, so that it can be cached. How common
   * the pattern is for its source will be a second number beside it, `contextScore`, and never mixed into this one.
   */
  readonly score: number;
  readonly severity: Severity;
  /** The stage that settled the category. */
  readonly stage: Stage;
  readonly ruleId?: string;
  readonly model: { readonly id: string; readonly version: string };
  /** One sentence for people, at most `LIMITS.reasonChars` characters. */
  readonly reason: string;
  readonly degraded?: Degradation;
  readonly truncated?: true;
}

export interface Verdict extends Omit<Decision, 'score' | 'degraded'> {
  /** `score` is the decision's content score; a context score's place is beside it. Thresholds of 0.3-0.5 find more, 0.7-0.9 are stricter. */
  readonly anomaly: { readonly score: number; readonly isAnomaly: boolean; readonly threshold: number };
  readonly patternId: string;
  readonly pattern: string;
  readonly degraded?: true;
}

/** A decision read under an anomaly threshold: an anomaly is a score at or above it. */
export function decisionToVerdict(
  decision: Decision,
  masked: { patternId: string; pattern: string },
  threshold: number,
): Verdict {
  const { score, degraded, ...rest } = decision;
  return {
    ...rest,
    anomaly: { score, isAnomaly: score >= threshold, threshold },
    patternId: masked.patternId,
    pattern: masked.pattern,
    ...(degraded === undefined ? {} : { degraded: true as const }),
  };
}
