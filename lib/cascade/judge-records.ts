import type { LogRecord } from '../domain/record.ts';
import { decisionToVerdict, type Verdict } from '../domain/verdict.ts';
import { maskRecord } from '../masking/mask-record.ts';
import { distinctQuestions } from './distinct-questions.ts';
import type { Cascade, DecideOptions } from './types.ts';

/** Records in, verdicts out, in the same order. */
export async function judgeRecords(
  cascade: Cascade,
  tenant: string,
  records: readonly LogRecord[],
  options: DecideOptions & { readonly threshold: number },
): Promise<readonly Verdict[]> {
  const { questions, ordinalOf } = distinctQuestions();
  const ordinals = records.map((record) => ordinalOf(maskRecord(record)));
  const decisions = await cascade.decide(tenant, questions, options);
  const verdicts = questions.map((question, index) => {
    const decision = decisions[index];
    if (decision === undefined) throw new RangeError('the cascade answered fewer questions than it was asked');
    return decisionToVerdict(decision, question, options.threshold);
  });
  return ordinals.flatMap((ordinal) => verdicts[ordinal] ?? []);
}
