import { parseFields, writeField } from './csv-fields.ts';
import {
  outcomeReason,
  type RowOutcome,
  VERDICT_COLUMNS,
  verdictColumnNames,
  verdictValues,
  writtenOnce,
} from './verdict-columns.ts';

/** A spreadsheet would run a field that begins with one of these. */
const RUNS = /^[=+\-@\t\r]/;

export function renderCsvHeader(header: readonly string[], delimiter: string): string {
  const taken = new Set(header.map((name) => name.trim().toLowerCase()));
  const ours = verdictColumnNames((name) => taken.has(name));
  return `${[...header, ...ours].map((name) => writeField(name, delimiter)).join(delimiter)}\n`;
}

/** `text`: the record as the owner wrote it, `columns` wide or less; rejected ones may be wider. */
export function createCsvRowRenderer(columns: number, delimiter: string) {
  const cells = (values: readonly (string | number | boolean)[]) =>
    `${delimiter}${values.map((value) => ownField(value, delimiter)).join(delimiter)}\n`;
  const verdictCells = writtenOnce((verdict) => cells(verdictValues(verdict)));

  return (position: { row: number; line: number }, text: string, outcome: RowOutcome): string => {
    const ours =
      'verdict' in outcome ? verdictCells(outcome.verdict) : cells([...emptyFields, outcomeReason(position, outcome)]);
    return ownersFields(columns, delimiter, text) + ours;
  };
}

const emptyFields: readonly string[] = VERDICT_COLUMNS.slice(1).map(() => '');

/** A field that no spreadsheet runs, of what the owner did not write as CSV. */
export function ownField(value: string | number | boolean, delimiter: string): string {
  if (typeof value !== 'string') return String(value);
  return writeField(RUNS.test(value) ? `'${value}` : value, delimiter);
}

/** Exactly `columns` fields. Text without quotes or CRs is passed on as it is; what is too many stays in the last field. */
function ownersFields(columns: number, delimiter: string, text: string): string {
  if (!text.includes('"') && !text.includes('\r')) {
    const missing = columns - countFields(text, delimiter);
    if (missing >= 0) return missing === 0 ? text : text + delimiter.repeat(missing);
  }
  const fields = parseFields(text, delimiter);
  const kept = fields.slice(0, columns - 1);
  const last = fields.slice(columns - 1).join(delimiter);
  const written = [...kept, last].map((field) => quoteField(field, delimiter));
  return written.join(delimiter) + delimiter.repeat(Math.max(0, columns - written.length));
}

/** Quoted wherever the record has quotes at all, so that the result is no shorter than its source. */
function quoteField(field: string, delimiter: string): string {
  const written = writeField(field, delimiter);
  return written.startsWith('"') ? written : `"${written}"`;
}

function countFields(text: string, delimiter: string): number {
  let count = 1;
  for (let at = text.indexOf(delimiter); at >= 0; at = text.indexOf(delimiter, at + 1)) count++;
  return count;
}
