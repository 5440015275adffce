import type { Dice } from './dice.ts';

/** The nine labels of the classifier that logsieve replaces. */
export type Label =
  | 'HTTP Status'
  | 'Security Alert'
  | 'System Notification'
  | 'Error'
  | 'Resource Usage'
  | 'Critical Error'
  | 'User Action'
  | 'Workflow Error'
  | 'Deprecation Warning';

/** What a system says at a moment; `label` where the truth is known. */
export interface Line {
  readonly level: string;
  readonly message: string;
  readonly label?: Label;
}

export type Speak = (dice: Dice, at: Date) => Line;

/** A system in whose manner lines are written: what it says all day, and what an operator would want to see. */
export interface System {
  readonly source: string;
  /** How often it speaks, relative to the others. */
  readonly weight: number;
  /** Share of its lines that are unusual, 0-1. */
  readonly unusualShare: number;
  readonly usual: readonly [Speak, ...Speak[]];
  readonly unusual: readonly [Speak, ...Speak[]];
}
