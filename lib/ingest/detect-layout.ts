import { InvalidInput } from '../domain/errors.ts';
import type { Format, Job, Layout } from '../domain/job.ts';
import { LIMITS } from '../domain/limits.ts';
import { detectCsvHeader } from './detect-csv-header.ts';
import { checkJsonKeys } from './detect-json-keys.ts';
import { refuseUnreadable } from './refuse-bytes.ts';

/** As much of a source's beginning as detection wants to see. A CSV header must fit. */
export const HEAD_BYTES = 256 * 1024;

export interface DetectedLayout {
  layout: Layout;
  /** Byte offset and physical line of what follows the byte order mark and the header. */
  dataStart: number;
  dataLine: number;
}

const FORMATS_BY_EXTENSION: Readonly<Record<string, Format>> = {
  csv: 'csv',
  tsv: 'csv',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  json: 'ndjson',
  log: 'log',
  txt: 'log',
};

/**
 * How a source is cut into records and read, from its name, what the owner wanted and its first bytes (inflated, at
 * least HEAD_BYTES or, with `whole`, all of them). Throws `InvalidInput`: `empty-file`, `not-text`, `utf-16`,
 * `lone-cr`, `no-header`, `no-message-column`, `unknown-column`, `too-many-columns`, `json-array`.
 */
export function detectLayout(options: {
  name: string;
  wanted: Job['wanted'];
  head: Uint8Array;
  whole: boolean;
}): DetectedLayout {
  const { name, wanted, head, whole } = options;
  refuseUnreadable(head);
  const bomBytes = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
  const text = Buffer.from(head.subarray(bomBytes));
  if (whole && isBlank(text)) throw new InvalidInput('empty-file', 'The file is empty.');
  const format = wanted.format ?? formatOf(name) ?? guessFormat(text);
  const base = {
    format,
    joinContinuations: wanted.joinContinuations ?? false,
    defaultSource: defaultSource(name, wanted),
  };

  if (format === 'csv') {
    refuseLoneCr(text);
    const csv = detectCsvHeader({
      head: text,
      whole,
      wanted: wanted.columns ?? {},
      isTsv: /\.tsv(\.gz)?$/i.test(name),
    });
    const { delimiter, header, columns } = csv;
    return { layout: { ...base, delimiter, header, columns }, dataStart: bomBytes + csv.next, dataLine: csv.nextLine };
  }
  if (format === 'ndjson') checkJsonKeys(text, wanted.columns ?? {});
  const columns = format === 'ndjson' ? (wanted.columns ?? {}) : {};
  return { layout: { ...base, columns }, dataStart: bomBytes, dataLine: 1 };
}

function formatOf(name: string): Format | undefined {
  const extension = /\.([a-z]{1,8})$/.exec(name.toLowerCase().replace(/\.gz$/, ''))?.[1];
  return extension === undefined ? undefined : FORMATS_BY_EXTENSION[extension];
}

/** For a name that says nothing: JSON by its first character, CSV by a header with a message column, else a plain log. */
function guessFormat(head: Buffer): Format {
  const text = head.toString('latin1', 0, 4096).trimStart();
  if (text.startsWith('{')) return 'ndjson';
  const line = text.split('\n', 1)[0] ?? '';
  const isHeader = /[,;\t]/.test(line) && /(?:^|[,;\t"])\s*(?:message|log_message|msg)\s*(?:$|[,;\t"\r])/i.test(line);
  return isHeader ? 'csv' : 'log';
}

/** The file's name without folders and extensions, unless the owner said otherwise. */
function defaultSource(name: string, wanted: Job['wanted']): string {
  const base = name
    .slice(name.lastIndexOf('/') + 1)
    .replace(/(?:\.(?:csv|tsv|ndjson|jsonl|json|log|txt))?(?:\.gz)?$/i, '');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
  const clean = (wanted.source ?? base).replace(/[\u0000-\u001f\u007f]+/g, ' ').trim();
  return clean.slice(0, LIMITS.sourceChars);
}

function isBlank(text: Buffer): boolean {
  return text.every((byte) => byte === 32 || byte === 9 || byte === 10 || byte === 13);
}

/** A file of the old Mac's line ends would be one endless record. */
function refuseLoneCr(text: Buffer): void {
  if (text.includes(10) || text.filter((byte) => byte === 13).length < 2) return;
  throw new InvalidInput(
    'lone-cr',
    'Lines end in a lone carriage return (old Mac); save the file with LF or CRLF line ends.',
  );
}
