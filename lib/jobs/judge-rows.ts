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
  const { row, line, raw } = source;
  const place = { row, line, bytes: raw.byteLength };
  return 'rejection' in source
    ? { ...place, rejection: source.rejection }
    : { ...place, masked: maskRecord(source.record) };
}

/** Judges the distinct questions among the rows, once each. Rows judged alike share one `judgement` object. */
export async function judgeRows(
  cascade: Cascade,
  tenant: string,
  rows: readonly MaskedRow[],
  budget?: { remainingMs(): number },
): Promise<JudgedRow[]> {
  const questions = new Map<string, MaskedRecord>();
  const keys = rows.map((row) => {
    if ('rejection' in row) return '';
    const key = questionKey(row.masked);
    if (!questions.has(key)) questions.set(key, row.masked);
    return key;
  });
  const decisions = await cascade.decide(tenant, [...questions.values()], budget);
  const judgements = new Map<string, Judgement>();
  for (const [index, [key, { patternId, pattern }]] of [...questions].entries()) {
    const decision = decisions[index];
    if (decision === undefined) throw new Fault('decision-missing', 'the cascade left a question unanswered');
    judgements.set(key, { patternId, pattern, decision });
  }
  return rows.map((row, index): JudgedRow => {
    const place = { row: row.row, line: row.line };
    const judgement = judgements.get(keys[index] ?? '');
    if ('rejection' in row) return { ...place, rejection: row.rejection };
    if (judgement === undefined) throw new Fault('decision-missing', 'a record has no decision');
    return { ...place, judgement };
  });
}

/** What must be equal for two records to share a verdict and its pattern; the length keeps a source from running into the text. */
function questionKey({ patternId, level, source, evidence, truncated, canonical }: MaskedRecord): string {
  return `${patternId} ${level ?? ''} ${truncated} ${source.length} ${evidence} ${source}${canonical}`;
}
