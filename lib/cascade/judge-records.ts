import type { LogRecord, MaskedRecord } from '../domain/record.ts';
import { decisionToVerdict, type Verdict } from '../domain/verdict.ts';
import { maskRecord } from '../masking/mask-record.ts';
import type { Cascade, DecideOptions } from './types.ts';

/** Records that come down to the same question share one. `ordinals[i]` is the index of record i's question. */
export interface DistinctRecords {
  readonly questions: readonly MaskedRecord[];
  readonly ordinals: readonly number[];
}

/** What two records must share to get the same verdict. */
export function questionKey(masked: MaskedRecord): string {
  return `${masked.source}\0${masked.level ?? ''}\0${masked.evidence}\0${masked.canonical}`;
}

export function distinctRecords(records: readonly LogRecord[]): DistinctRecords {
  const ordinalByKey = new Map<string, number>();
  const questions: MaskedRecord[] = [];
  const ordinals = records.map((record) => {
    const masked = maskRecord(record);
    const key = questionKey(masked);
    const known = ordinalByKey.get(key);
    if (known !== undefined) return known;
    ordinalByKey.set(key, questions.length);
    return questions.push(masked) - 1;
  });
  return { questions, ordinals };
}

/** Records in, verdicts out, in the same order. */
export async function judgeRecords(
  cascade: Cascade,
  tenant: string,
  records: readonly LogRecord[],
  options: DecideOptions & { readonly threshold: number },
): Promise<readonly Verdict[]> {
  const { questions, ordinals } = distinctRecords(records);
  const decisions = await cascade.decide(tenant, questions, options);
  const verdicts = questions.map((question, index) => {
    const decision = decisions[index];
    if (decision === undefined) throw new RangeError('the cascade answered fewer questions than it was asked');
    return decisionToVerdict(decision, question, options.threshold);
  });
  return ordinals.flatMap((ordinal) => verdicts[ordinal] ?? []);
}
