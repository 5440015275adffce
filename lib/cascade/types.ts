import type { MaskedRecord } from '../domain/record.ts';
import type { Terms } from '../domain/terms.ts';
import type { Decision } from '../domain/verdict.ts';

export interface DecideOptions {
  /** Milliseconds left for the whole call; what is unfinished then gets the best earlier stage, degraded. Absent: no deadline. */
  readonly remainingMs?: () => number;
}

/** The chain of stages. Answers in the order asked; never throws for a text, however hostile. */
export interface Cascade {
  /** Hash of everything that can change an answer: rules, labels, thresholds, masking, score formula, models, prompt, stages that are on. */
  readonly version: string;
  decide(tenant: string, questions: readonly MaskedRecord[], options?: DecideOptions): Promise<readonly Decision[]>;
}

/** A cascade that can also be asked on other terms than the service's own. */
export interface OwnersCascade extends Cascade {
  /** The cascade for the terms, this one where they change nothing. Those last asked for are kept. */
  inTerms(terms: Terms): Promise<Cascade>;
}
