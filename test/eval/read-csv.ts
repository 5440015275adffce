import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import * as z from 'zod';
import { InvalidInput } from '../../lib/domain/errors.ts';

/** Reads a CSV with a header row whole, every row checked. Throws `InvalidInput('eval-csv')` that names the file and the first fault. */
export async function readCsv<Row extends z.ZodType>(path: string, row: Row): Promise<readonly z.infer<Row>[]> {
  const parsed = z
    .array(row)
    .min(1)
    .safeParse(await parseFile(path));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new InvalidInput('eval-csv', `${path}: row ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`);
}

async function parseFile(path: string): Promise<unknown> {
  try {
    return parse(await readFile(path), { columns: true, bom: true, skip_empty_lines: true, relax_quotes: true });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unknown';
    throw new InvalidInput('eval-csv', `${path} cannot be read as CSV with a header: ${why}`, { cause });
  }
}
