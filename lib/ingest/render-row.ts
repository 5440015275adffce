import type { Layout } from '../domain/job.ts';
import { writeField } from './csv-fields.ts';
import { renderCsvHeader, renderCsvRow } from './render-csv-row.ts';
import { renderJsonRow } from './render-json-row.ts';
import type { SourceRow } from './row-reader.ts';
import { type RowOutcome, VERDICT_COLUMNS } from './verdict-columns.ts';

export type { RowOutcome } from './verdict-columns.ts';

/** The results file's first line (CSV and log), empty for NDJSON. UTF-8, LF, no BOM. */
export function renderHeader(layout: Layout): string {
  if (layout.format === 'ndjson') return '';
  if (layout.format === 'csv') return renderCsvHeader(layout.header ?? [], layout.delimiter ?? ',');
  return `log_message,${VERDICT_COLUMNS.join(',')}\n`;
}

/**
 * A row of the results file, ending in LF. CSV: the owner's columns and ours; NDJSON: the owner's object with our keys
 * spliced in; a plain log: CSV with the text as `log_message`. Never shorter than the row's text less a CR and 16 bytes,
 * so that a segment's part is at least as large as its source.
 */
export function renderRow(layout: Layout, row: SourceRow, outcome: RowOutcome): string {
  const text = rawToText(row.raw);
  if (layout.format === 'ndjson') return renderJsonRow(row, text, outcome);
  if (layout.format === 'csv') {
    return renderCsvRow(layout.header?.length ?? 1, layout.delimiter ?? ',', row, text, outcome);
  }
  return renderCsvRow(1, ',', row, writeField(text, ','), outcome);
}

function rawToText(raw: Uint8Array): string {
  return Buffer.isBuffer(raw) ? raw.toString() : Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString();
}
