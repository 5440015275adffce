import type { LabelledRecord } from '../../lib/cascade/training/labelled-pattern.ts';
import { InvalidInput } from '../../lib/domain/errors.ts';
import { readRows } from './read-rows.ts';

export type { LabelledRecord } from '../../lib/cascade/training/labelled-pattern.ts';

/** Which columns of a labelled CSV hold what. */
export interface LabelledColumns {
  readonly message: string;
  readonly label: string;
  readonly source?: string;
  readonly level?: string;
}

/** Reads a CSV with a header row whole. Throws `InvalidInput` with one sentence where it cannot be read, lacks a column or has no rows. */
export async function readLabelledCsv(path: string, columns: LabelledColumns): Promise<readonly LabelledRecord[]> {
  const rows = await readRows(path);
  const header = Object.keys(rows[0] ?? {});
  if (rows.length === 0) throw new InvalidInput('labelled-csv', `${path} has no rows`);
  for (const column of Object.values(columns))
    if (column !== undefined && !header.includes(column))
      throw new InvalidInput('labelled-csv', `${path} has no column ${column}; it has ${header.join(', ')}`);
  return rows.map((row) => ({
    label: (row[columns.label] ?? '').trim(),
    record: {
      source: columns.source === undefined ? '' : (row[columns.source] ?? ''),
      message: row[columns.message] ?? '',
      level: columns.level === undefined ? undefined : row[columns.level],
    },
  }));
}
