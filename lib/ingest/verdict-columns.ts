import { LIMITS } from '../domain/limits.ts';
import type { Verdict } from '../domain/verdict.ts';

/** What the results file adds to the owner's columns, in this order. */
export const VERDICT_COLUMNS = [
  'target_label',
  'confidence',
  'is_anomaly',
  'anomaly_score',
  'severity',
  'stage',
  'pattern_id',
  'reason',
] as const;

/** What became of a row: judged, rejected on reading, or lost with its chunk. */
export type RowOutcome = { verdict: Verdict } | { rejection: string } | { failure: string };

/**
 * Our columns' names beside the owner's: one that is taken there gets the first prefix under which it is free
 * (`logsieve_`, `logsieve_2_`, … of a results file that is sent in again), so that all can be read by name.
 */
export function verdictColumnNames(taken: (name: string) => boolean): readonly string[] {
  return VERDICT_COLUMNS.map((column) => {
    let name: string = column;
    for (let count = 1; taken(name); count += 1) name = `logsieve_${count === 1 ? '' : `${count}_`}${column}`;
    return name;
  });
}

/** The values under VERDICT_COLUMNS. Confidence and score to four decimals. */
export function verdictValues(verdict: Verdict): readonly (string | number | boolean)[] {
  const { category, confidence, anomaly, severity, stage, patternId, reason } = verdict;
  const score = roundProbability(anomaly.score);
  return [category, roundProbability(confidence), anomaly.isAnomaly, score, severity, stage, patternId, reason];
}

export function outcomeReason(
  position: { row: number; line: number },
  outcome: Exclude<RowOutcome, { verdict: Verdict }>,
): string {
  const reason =
    'rejection' in outcome
      ? `rejected row ${position.row} (line ${position.line}): ${outcome.rejection}`
      : `not classified, row ${position.row} (line ${position.line}): ${outcome.failure}`;
  return reason.slice(0, LIMITS.reasonChars);
}

/** Remembers what was written of a verdict for as long as somebody holds the verdict. */
export function writtenOnce(write: (verdict: Verdict) => string): (verdict: Verdict) => string {
  const written = new WeakMap<Verdict, string>();
  return (verdict) => {
    const known = written.get(verdict);
    if (known !== undefined) return known;
    const text = write(verdict);
    written.set(verdict, text);
    return text;
  };
}

function roundProbability(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
