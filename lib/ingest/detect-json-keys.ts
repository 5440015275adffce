import { InvalidInput } from '../domain/errors.ts';
import type { Columns } from '../domain/job.ts';
import { COLUMN_NAMES, findColumn, HOW_TO_NAME_THE_MESSAGE } from './column-names.ts';
import { shorten } from './read-csv-record.ts';
import { isObject } from './read-json-record.ts';

/** Lines looked at: a file may begin with an odd one. */
const SAMPLE_LINES = 20;

/** Throws when none of the first lines that are JSON holds a message, and for one JSON array over several lines. */
export function checkJsonKeys(head: Buffer, wanted: Columns): void {
  const lines = head.toString().split('\n');
  // The last one may be cut off; it is passed over like any that is not JSON.
  const values = lines.slice(0, SAMPLE_LINES).map(parseLine);
  if (/^\s*\[\s*$/.test(lines[0] ?? '') || Array.isArray(values[0])) {
    throw new InvalidInput(
      'json-array',
      'This is a JSON array; send one object a line (NDJSON), or POST it to /v1/batches.',
    );
  }
  const objects = values.filter(isObject);
  if (objects.length === 0 || values.some((value) => typeof value === 'string')) return;
  if (objects.some((object) => hasMessage(Object.keys(object), wanted))) return;
  const keys = [...new Set(objects.flatMap((object) => Object.keys(object).slice(0, 20)))].slice(0, 20);
  const asked = wanted.message === undefined ? COLUMN_NAMES.message.join(', ') : `"${shorten(wanted.message)}"`;
  const there = keys.length === 0 ? 'no keys at all' : `only ${keys.map((key) => `"${shorten(key)}"`).join(', ')}`;
  throw new InvalidInput(
    'no-message-column',
    `The first objects have no key ${asked}, but ${there}. Say which one holds the message: ${HOW_TO_NAME_THE_MESSAGE}.`,
  );
}

function hasMessage(keys: readonly string[], wanted: Columns): boolean {
  return wanted.message === undefined ? findColumn(keys, 'message') !== undefined : keys.includes(wanted.message);
}

function parseLine(line: string): unknown {
  try {
    const value: unknown = JSON.parse(line);
    return value;
  } catch {
    return undefined;
  }
}
