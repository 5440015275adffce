import { InvalidInput } from '../domain/errors.ts';
import type { Columns } from '../domain/job.ts';
import { LIMITS } from '../domain/limits.ts';
import { COLUMN_NAMES, findColumn, HOW_TO_NAME_THE_MESSAGE, ROLES } from './column-names.ts';
import { parseFields } from './csv-fields.ts';
import { shorten } from './read-csv-record.ts';
import { createRecordScanner } from './scan-records.ts';

export interface CsvHeader {
  delimiter: string;
  header: string[];
  columns: Columns;
  /** Offset in the head and physical line of what follows the header. */
  next: number;
  nextLine: number;
}

const DELIMITERS = [',', ';', '\t'];
/** What Excel writes above the header for itself. */
const SEPARATOR_LINE = /^"?sep=.?"?$/i;
const HOW_TO_SET = `Name the message column "message" or "log_message", or say which one it is: ${HOW_TO_NAME_THE_MESSAGE}.`;

type Candidate = Omit<CsvHeader, 'columns'>;

/** The header record of a CSV's head: the delimiter under which it has a message column, else the one found oftenest. */
export function detectCsvHeader(options: { head: Buffer; whole: boolean; wanted: Columns; isTsv: boolean }): CsvHeader {
  const { head, whole, wanted, isTsv } = options;
  const delimiters = isTsv ? ['\t'] : DELIMITERS;
  const candidates = delimiters.map((delimiter) => readHeader(head, whole, delimiter));
  const best = candidates.reduce((a, b) => (score(b, wanted) > score(a, wanted) ? b : a));
  if (best.header.length > LIMITS.columns) {
    throw new InvalidInput(
      'too-many-columns',
      `The header has ${best.header.length} columns; ${LIMITS.columns} are read.`,
    );
  }
  return { ...best, columns: chooseColumns(best.header, wanted) };
}

function readHeader(head: Buffer, whole: boolean, delimiter: string): Candidate {
  let found: Candidate | 'rejected' | undefined;
  const scanner = createRecordScanner(
    { format: 'csv', delimiter, joinContinuations: false },
    { offset: 0, line: 1 },
    ({ bytes, from, to, line, next, nextLine, rejection }) => {
      if (found !== undefined) return;
      const text = decode(bytes, from, to);
      if (rejection !== undefined) found = 'rejected';
      else if (line > 1 || !SEPARATOR_LINE.test(text))
        found = { delimiter, header: parseFields(text, delimiter), next, nextLine };
    },
  );
  scanner.push(head);
  // Bytes that were cut off are no end of a file: an unfinished header must not be taken for a whole one.
  if (whole) scanner.end();
  if (found !== undefined && found !== 'rejected') return found;
  throw new InvalidInput('no-header', `No whole header record was found in the first ${head.length} bytes.`);
}

function decode(bytes: Buffer, from: number, to: number): string {
  return bytes.toString('utf8', from, to).replace(/\r$/, '');
}

function score({ header }: Candidate, wanted: Columns): number {
  const message = wanted.message === undefined ? findColumn(header, 'message') : findName(header, wanted.message);
  return (message === undefined ? 0 : 1_000_000) + header.length;
}

function chooseColumns(header: readonly string[], wanted: Columns): Columns {
  const columns: Columns = {};
  for (const role of ROLES) {
    const name = wanted[role];
    const column = name === undefined ? findColumn(header, role) : findName(header, name);
    if (column === undefined && name !== undefined) throw unknownColumn(role, name, header);
    if (column === undefined) continue;
    if (column.length > LIMITS.columnNameChars) throw longColumn(role, column);
    columns[role] = column;
  }
  if (columns.message !== undefined) return columns;
  throw looksLikeData(header) ? noHeader(header) : noMessageColumn(header);
}

/** Exactly, or else but for case and spaces around it. */
function findName(header: readonly string[], name: string): string | undefined {
  if (header.includes(name)) return name;
  const wanted = name.trim().toLowerCase();
  return header.find((each) => each.trim().toLowerCase() === wanted);
}

/** Dates, numbers, sentences and empty fields are no column names. */
function looksLikeData(header: readonly string[]): boolean {
  return header.some((name) => {
    const text = name.trim();
    return text === '' || /^[-+\d.:/TZ ]+$/.test(text) || text.length > 64 || text.split(' ').length > 5;
  });
}

function longColumn(role: string, column: string): InvalidInput {
  return new InvalidInput(
    'long-column-name',
    `The name of the ${role} column has ${column.length} characters, spaces around it counted; ${LIMITS.columnNameChars} are read.`,
  );
}

function unknownColumn(role: string, name: string, header: readonly string[]): InvalidInput {
  return new InvalidInput(
    'unknown-column',
    `There is no column "${shorten(name)}" for the ${role}; the columns are ${listNames(header)}.`,
    { issues: [{ path: `columns.${role}`, message: `no column "${shorten(name)}"` }] },
  );
}

function noHeader(header: readonly string[]): InvalidInput {
  return new InvalidInput(
    'no-header',
    `The first record has ${header.length} fields and looks like data, not like a header. Put a line of column names first. ${HOW_TO_SET}`,
  );
}

function noMessageColumn(header: readonly string[]): InvalidInput {
  return new InvalidInput(
    'no-message-column',
    `No column is called ${COLUMN_NAMES.message.join(', ')}; the columns are ${listNames(header)}. ${HOW_TO_SET}`,
  );
}

function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 20).map((name) => `"${shorten(name)}"`);
  return names.length > 20 ? `${shown.join(', ')} and ${names.length - 20} more` : shown.join(', ');
}
