import type { Embedded } from '../ports.ts';
import type { Rule } from './rules.ts';
import type { AskedStage } from './settings.ts';

/** A distinct text as far as it has been read: its rule, and what the embedding model made of it. */
export interface TextReading {
  readonly text: string;
  readonly rule: Rule | undefined;
  /** Absent where no model was asked, or it failed, or time ran out. */
  readonly embedded: Embedded | undefined;
}

/** What a stage makes of a text. `sure`: confident enough to settle the category. */
export interface StageAnswer {
  readonly stage: AskedStage;
  readonly category: string;
  /** Probability that the category is right, 0-1. */
  readonly confidence: number;
  readonly sure: boolean;
  readonly ruleId?: string;
  /** The head was trained on the examples of a caller's labels. */
  readonly byExamples?: true;
  readonly model: { readonly id: string; readonly version: string };
}

/** A stage that answers here, without a language model. Undefined: nothing to say about the text. */
export interface LocalStage {
  readonly name: Exclude<AskedStage, 'llm'>;
  /** Runs a model of its own for each text, so the deadline is looked at first. */
  readonly costly: boolean;
  ask(reading: TextReading): Promise<StageAnswer | undefined>;
}
