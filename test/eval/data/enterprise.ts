import * as z from 'zod';
import { maskRecord } from '../../../lib/masking/mask-record.ts';
import { readCsv } from '../read-csv.ts';
import type { LabelledLine } from '../reporting/label-answers.ts';

const row = z.object({ source: z.string(), log_message: z.string(), target_label: z.string() });

/** The lines of `enterprise-logs.train.csv`, one for each pattern and label: a pattern that repeats is no more evidence. */
export async function readEnterprise(path: string): Promise<readonly LabelledLine[]> {
  const lines = new Map<string, LabelledLine>();
  for (const { source, log_message: message, target_label: label } of await readCsv(path, row)) {
    const record = { source, message };
    const { patternId } = maskRecord(record);
    const id = `${patternId} ${label}`;
    if (!lines.has(id)) lines.set(id, { id, group: patternId, record, label });
  }
  return [...lines.values()];
}
