import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import * as z from 'zod';
import { InvalidInput } from '../../lib/domain/errors.ts';

const rowsSchema = z.array(z.record(z.string(), z.string()));

/** Reads a CSV with a header row whole. Throws `InvalidInput('csv')` with one sentence where it cannot be read. */
export async function readRows(path: string): Promise<readonly Readonly<Record<string, string>>[]> {
  try {
    const options = { columns: true, bom: true, skip_empty_lines: true, relax_quotes: true };
    return rowsSchema.parse(parse(await readFile(path), options));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unknown';
    throw new InvalidInput('csv', `${path} cannot be read as CSV with a header: ${why}`, { cause });
  }
}
