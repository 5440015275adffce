import type { Layout } from '../domain/job.ts';
import { LIMITS } from '../domain/limits.ts';
import type { LogRecord } from '../domain/record.ts';
import { createCsvRecordReader } from './read-csv-record.ts';
import { createJsonRecordReader } from './read-json-record.ts';
import type { ScanRejection } from './scan-lines.ts';
import { createRecordScanner, type ScannedRecord } from './scan-records.ts';

/** Row and physical line of the first record, from 1; the header is not a row but is a line. */
export interface RowPosition {
  row: number;
  line: number;
}

/** One record of a source. `text`: all of it without the line end; of a record the scanner rejected the first `KEPT_BYTES`. `bytes`: what the text was in the source. */
export type SourceRow = { row: number; line: number; text: string; bytes: number } & (
  | { record: LogRecord }
  | { rejection: string }
);

/** What is kept of a record that is over the limit or never closes its quote. */
export const KEPT_BYTES = 1000;

/** A record's text as a log record, or why it is none. */
export type RecordReader = (text: string) => LogRecord | string;

const REJECTIONS: Readonly<Record<ScanRejection, string>> = {
  'over-limit': `the line is over ${LIMITS.recordBytes} bytes`,
  'unclosed-quote': `a quote is not closed within ${LIMITS.recordBytes} bytes or before the end of the file`,
};

/** The rows of a source, or of a run of whole records of it, in batches of what each buffer held. Memory is constant. */
export async function* readRows(
  layout: Layout,
  bytes: AsyncIterable<Uint8Array>,
  from: RowPosition,
): AsyncIterable<readonly SourceRow[]> {
  let rows: SourceRow[] = [];
  let row = from.row;
  const read = createRecordReader(layout);
  const scanner = createRecordScanner(layout, { offset: 0, line: from.line }, (record) => {
    rows.push(scannedToRow(record, row++, read));
  });
  for await (const buffer of bytes) {
    scanner.push(buffer);
    if (rows.length === 0) continue;
    yield rows;
    rows = [];
  }
  scanner.end();
  if (rows.length > 0) yield rows;
}

function createRecordReader(layout: Layout): RecordReader {
  if (layout.format === 'csv') return createCsvRecordReader(layout);
  if (layout.format === 'ndjson') return createJsonRecordReader(layout);
  return (text) => ({
    source: layout.defaultSource,
    message: text.includes('\r') ? text.replaceAll('\r\n', '\n') : text,
  });
}

function scannedToRow(scanned: ScannedRecord, row: number, read: RecordReader): SourceRow {
  const { bytes, from, line } = scanned;
  if (scanned.rejection !== undefined) {
    const to = Math.min(scanned.to, from + KEPT_BYTES);
    const rejection = REJECTIONS[scanned.rejection];
    return { row, line, text: bytes.toString('utf8', from, to), bytes: to - from, rejection };
  }
  const to = bytes[scanned.to - 1] === 13 && scanned.to > from ? scanned.to - 1 : scanned.to;
  // Broken UTF-8 becomes U+FFFD here and nowhere else.
  const text = bytes.toString('utf8', from, to);
  const outcome = read(text);
  return typeof outcome === 'string'
    ? { row, line, text, bytes: to - from, rejection: outcome }
    : { row, line, text, bytes: to - from, record: outcome };
}
