import { judgeRecords } from '../../lib/cascade/judge-records.ts';
import type { Cascade } from '../../lib/cascade/types.ts';
import { InvalidInput } from '../../lib/domain/errors.ts';
import { readLabelledCsv } from '../../models/training/labelled-csv.ts';
import type { EvalArguments } from './arguments.ts';
import { anomalyReport, categoryReport, type Judged } from './reports.ts';

const RECORDS_PER_CALL = 2000;

/** Every line of the file through the cascade, no deadline. */
export async function judgeFile(cascade: Cascade, args: EvalArguments): Promise<readonly Judged[]> {
  const labelled = await readLabelledCsv(args.file, args.columns);
  const judged: Judged[] = [];
  for (let at = 0; at < labelled.length; at += RECORDS_PER_CALL) {
    const part = labelled.slice(at, at + RECORDS_PER_CALL);
    const records = part.map(({ record }) => record);
    const verdicts = await judgeRecords(cascade, 'eval', records, { threshold: args.threshold });
    part.forEach(({ label }, index) => {
      const verdict = verdicts[index];
      if (verdict !== undefined) judged.push({ verdict, label: label.trim() });
    });
  }
  return judged;
}

export async function evaluate(cascade: Cascade, args: EvalArguments) {
  const judged = await judgeFile(cascade, args);
  if (args.task === 'category') return categoryReport(judged);
  if (!judged.some(({ label }) => label === args.positive))
    throw new InvalidInput('arguments', `no line of ${args.file} has ${args.positive} in column ${args.columns.label}`);
  return anomalyReport(judged, args.positive);
}
