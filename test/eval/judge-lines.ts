import { judgeRecords } from '../../lib/cascade/judge-records.ts';
import type { Cascade } from '../../lib/cascade/types.ts';
import { InvalidInput } from '../../lib/domain/errors.ts';
import type { LogRecord } from '../../lib/domain/record.ts';
import { decisionToVerdict, type Verdict } from '../../lib/domain/verdict.ts';
import { canonicalizeRecord } from '../../lib/masking/canonicalize.ts';
import { maskRecord } from '../../lib/masking/mask-record.ts';
import { type LabelledRecord, readLabelledCsv } from '../../models/training/labelled-csv.ts';
import type { EvalArguments } from './arguments.ts';
import { anomalyReport, categoryReport, type Judged } from './reports.ts';

const RECORDS_PER_CALL = 2000;

/** The file's lines, read and checked before any model is loaded. */
export async function readLines(args: EvalArguments): Promise<readonly LabelledRecord[]> {
  const lines = await readLabelledCsv(args.file, args.columns);
  if (args.task === 'anomaly' && !lines.some(({ label }) => label.trim() === args.positive))
    throw new InvalidInput('arguments', `no line of ${args.file} has ${args.positive} in column ${args.columns.label}`);
  return lines;
}

/** Every line through the cascade, no deadline; `raw` puts the unmasked text in the place of the canonical one. */
export async function judgeLines(
  cascade: Cascade,
  lines: readonly LabelledRecord[],
  { threshold, raw = false }: { threshold: number; raw?: boolean },
): Promise<readonly Judged[]> {
  const judged: Judged[] = [];
  for (let at = 0; at < lines.length; at += RECORDS_PER_CALL) {
    const part = lines.slice(at, at + RECORDS_PER_CALL);
    const records = part.map(({ record }) => record);
    const verdicts = raw
      ? await judgeUnmasked(cascade, records, threshold)
      : await judgeRecords(cascade, 'eval', records, { threshold });
    part.forEach(({ label }, index) => {
      const verdict = verdicts[index];
      if (verdict !== undefined) judged.push({ verdict, label: label.trim() });
    });
  }
  return judged;
}

async function judgeUnmasked(cascade: Cascade, records: readonly LogRecord[], threshold: number): Promise<Verdict[]> {
  const questions = records.map((record) => ({
    ...maskRecord(record),
    canonical: canonicalizeRecord(record).message,
  }));
  const decisions = await cascade.decide('eval', questions);
  return questions.flatMap((question, at) => {
    const decision = decisions[at];
    return decision === undefined ? [] : decisionToVerdict(decision, question, threshold);
  });
}

export async function evaluate(cascade: Cascade, lines: readonly LabelledRecord[], args: EvalArguments) {
  const judged = await judgeLines(cascade, lines, args);
  return args.task === 'category' ? categoryReport(judged) : anomalyReport(judged, args.positive);
}
