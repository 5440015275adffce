import type { Layout } from '../domain/job.ts';
import { createCsvRowRenderer, ownField, renderCsvHeader } from './render-csv-row.ts';
import { createJsonRowRenderer } from './render-json-row.ts';
import type { SourceRow } from './row-reader.ts';
import { type RowOutcome, VERDICT_COLUMNS } from './verdict-columns.ts';

export type { RowOutcome } from './verdict-columns.ts';

/** The results file's first line (CSV and log), empty for NDJSON. UTF-8, LF, no BOM. */
export function renderHeader(layout: Layout): string {
  if (layout.format === 'ndjson') return '';
  if (layout.format === 'csv') return renderCsvHeader(layout.header ?? [], layout.delimiter ?? ',');
  return `log_message,${VERDICT_COLUMNS.join(',')}\n`;
}

/** A row of the results file, ending in LF. Rows that share a verdict should hand in the same `verdict` object: its cells are written once. */
export type RowRenderer = (row: SourceRow, outcome: RowOutcome) => string;

/**
 * Renders rows. CSV: the owner's columns and ours; NDJSON: the owner's object with our keys spliced in; a plain log: CSV
 * with the text as `log_message`, behind a `'` where a spreadsheet would run it. Never shorter than the row's text less
 * a CR and 16 bytes, so that a segment's part is at least as large as its source.
 */
export function createRowRenderer(layout: Layout): RowRenderer {
  if (layout.format === 'ndjson') return createJsonRowRenderer();
  if (layout.format === 'csv') {
    const render = createCsvRowRenderer(layout.header?.length ?? 1, layout.delimiter ?? ',');
    return (row, outcome) => render(row, row.text, outcome);
  }
  const render = createCsvRowRenderer(1, ',');
  return (row, outcome) => render(row, ownField(row.text, ','), outcome);
}
