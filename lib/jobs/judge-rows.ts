import { distinctQuestions } from '../cascade/distinct-questions.ts';
import type { Cascade } from '../cascade/types.ts';
import { Fault } from '../domain/errors.ts';
import type { MaskedRecord } from '../domain/record.ts';
import type { SourceRow } from '../ingest/row-reader.ts';
import { maskRecord } from '../masking/mask-record.ts';
import type { JudgedRow, Judgement } from './page.ts';

export type MaskedRow = { row: number; line: number; bytes: number } & (
  | { masked: MaskedRecord }
  | { rejection: string }
);

/** A row's record masked, which is all that judging it needs. */
export function maskRow(source: SourceRow): MaskedRow {
  const { row, line, bytes } = source;
  return 'rejection' in source
    ? { row, line, bytes, rejection: source.rejection }
    : { row, line, bytes, masked: maskRecord(source.record) };
}

/** Judges the distinct questions among the rows, once each. Rows judged alike share one `judgement` object. */
export async function judgeRows(
  cascade: Cascade,
  tenant: string,
  rows: readonly MaskedRow[],
  budget?: { remainingMs(): number },
): Promise<JudgedRow[]> {
  const { questions, ordinalOf } = distinctQuestions();
  const ordinals = rows.map((row) => ('rejection' in row ? -1 : ordinalOf(row.masked)));
  const decisions = await cascade.decide(tenant, questions, budget);
  const judgements = questions.map(({ patternId, pattern }, index): Judgement => {
    const decision = decisions[index];
    if (decision === undefined) throw new Fault('decision-missing', 'the cascade left a question unanswered');
    return { patternId, pattern, decision };
  });
  return rows.map((row, index): JudgedRow => {
    if ('rejection' in row) return { row: row.row, line: row.line, rejection: row.rejection };
    const judgement = judgements[ordinals[index] ?? -1];
    if (judgement === undefined) throw new Fault('decision-missing', 'a record has no decision');
    return { row: row.row, line: row.line, judgement };
  });
}
