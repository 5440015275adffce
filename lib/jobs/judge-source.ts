import type { Cascade } from '../cascade/types.ts';
import type { Job, Layout } from '../domain/job.ts';
import { LIMITS } from '../domain/limits.ts';
import { openSource } from '../ingest/open-source.ts';
import { renderHeader } from '../ingest/render-row.ts';
import { readRows, type SourceRow } from '../ingest/row-reader.ts';
import { judgeRows, maskRow } from './judge-rows.ts';
import type { JudgedRow } from './page.ts';
import { rowRenderer } from './render-rows.ts';

/** A small source that is held in memory, read and judged in one go. */
export interface JudgedSource {
  readonly layout: Layout;
  readonly rows: readonly { readonly source: SourceRow; readonly judged: JudgedRow }[];
}

/** The rows of a file's bytes; undefined where there are more than are judged at once (`csvRowsNow`, inflated `csvBytesNow`). Throws `InvalidInput` for bytes that are no logs. */
export async function readSmallSource(
  file: { readonly name: string; readonly bytes: Uint8Array },
  wanted: Job['wanted'],
): Promise<{ readonly layout: Layout; readonly rows: readonly SourceRow[] } | undefined> {
  const range = async ({ start, end }: { start: number; end: number }) => only(file.bytes.subarray(start, end));
  const opened = await openSource({ name: file.name, bytes: file.bytes.byteLength, read: range }, wanted);
  const batches: (readonly SourceRow[])[] = [];
  let rows = 0;
  const bytes = await opened.read(opened.dataStart);
  let read = 0;
  for await (const batch of readRows(opened.layout, bytes, { row: 1, line: opened.dataLine })) {
    batches.push(batch);
    rows += batch.length;
    read += batch.reduce((sum, row) => sum + row.bytes, 0);
    if (rows > LIMITS.csvRowsNow || read > LIMITS.csvBytesNow) return undefined;
  }
  return { layout: opened.layout, rows: batches.flat() };
}

/** Judges rows that were read. */
export async function judgeSmallSource(
  cascade: Cascade,
  tenant: string,
  { layout, rows }: { readonly layout: Layout; readonly rows: readonly SourceRow[] },
  budget: { remainingMs(): number },
): Promise<JudgedSource> {
  const judged = await judgeRows(cascade, tenant, rows.map(maskRow), budget);
  return {
    layout,
    rows: rows.flatMap((source, index) => {
      const row = judged[index];
      return row === undefined ? [] : [{ source, judged: row }];
    }),
  };
}

/** The file as it came, with our columns: what a job's results file holds. */
export function renderSmallResults({ layout, rows }: JudgedSource, threshold: number): string {
  const renderer = rowRenderer(layout, threshold);
  return renderHeader(layout) + rows.map(({ source, judged }) => renderer.render(source, judged)).join('');
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.byteLength > 0) yield bytes;
}
