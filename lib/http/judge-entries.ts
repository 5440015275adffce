import { judgeRecords } from '../cascade/judge-records.ts';
import type { Cascade, DecideOptions } from '../cascade/types.ts';
import type { LogRecord } from '../domain/record.ts';
import { levelToSeverity } from '../domain/severity.ts';
import { decisionToVerdict, UNCLASSIFIED, type Verdict } from '../domain/verdict.ts';
import { maskRecord } from '../masking/mask-record.ts';

/** Not white space, not a control or format character. */
const VISIBLE = /[^\s\p{Cc}\p{Cf}]/u;

/** A verdict per record, in order. One without text is told so; no stage is asked about it. */
export async function judgeEntries(
  cascade: Cascade,
  tenant: string,
  records: readonly LogRecord[],
  options: DecideOptions & { readonly threshold: number },
): Promise<readonly Verdict[]> {
  const judged = await judgeRecords(cascade, tenant, records.filter(hasText), options);
  let next = 0;
  return records.flatMap((record) =>
    hasText(record) ? (judged[next++] ?? []) : blankVerdict(record, options.threshold),
  );
}

function hasText({ message }: LogRecord): boolean {
  return VISIBLE.test(message);
}

function blankVerdict(record: LogRecord, threshold: number): Verdict {
  return decisionToVerdict(
    {
      category: UNCLASSIFIED,
      confidence: 0,
      score: 0,
      severity: levelToSeverity(record.level) ?? 'info',
      stage: 'none',
      model: { id: 'none', version: '1' },
      reason: 'the entry holds no text',
    },
    maskRecord(record),
    threshold,
  );
}
