import { judgeRecords } from '../../lib/cascade/judge-records.ts';
import type { Cascade } from '../../lib/cascade/types.ts';
import { InvalidInput } from '../../lib/domain/errors.ts';
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

/** Every line through the cascade, no deadline. */
export async function judgeLines(
  cascade: Cascade,
  lines: readonly LabelledRecord[],
  threshold: number,
): Promise<readonly Judged[]> {
  const judged: Judged[] = [];
  for (let at = 0; at < lines.length; at += RECORDS_PER_CALL) {
    const part = lines.slice(at, at + RECORDS_PER_CALL);
    const records = part.map(({ record }) => record);
    const verdicts = await judgeRecords(cascade, 'eval', records, { threshold });
    part.forEach(({ label }, index) => {
      const verdict = verdicts[index];
      if (verdict !== undefined) judged.push({ verdict, label: label.trim() });
    });
  }
  return judged;
}

export async function evaluate(cascade: Cascade, lines: readonly LabelledRecord[], args: EvalArguments) {
  const judged = await judgeLines(cascade, lines, args.threshold);
  return args.task === 'category' ? categoryReport(judged) : anomalyReport(judged, args.positive);
}
