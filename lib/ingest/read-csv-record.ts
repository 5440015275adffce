import type { Layout } from '../domain/job.ts';
import { LIMITS } from '../domain/limits.ts';
import type { LogRecord } from '../domain/record.ts';
import { parseFields } from './csv-fields.ts';

/** Longer levels and timestamps are cut: no spelling of either needs more. */
const SHORT_FIELD_CHARS = 64;

/** Reads CSV records by the header's columns. Missing fields are empty; more fields than the header has are an error. */
export function createCsvRecordReader(layout: Layout): (text: string) => LogRecord | string {
  const header = layout.header ?? [];
  const delimiter = layout.delimiter ?? ',';
  const { columns, defaultSource } = layout;
  const message = indexOf(header, columns.message);
  const source = indexOf(header, columns.source);
  const level = indexOf(header, columns.level);
  const timestamp = indexOf(header, columns.timestamp);
  const noMessage = `no text in column "${shorten(columns.message ?? '')}"`;

  return (text) => {
    const fields = parseFields(text, delimiter);
    if (fields.length > header.length) return `${fields.length} fields where the header has ${header.length}`;
    const body = fields[message];
    if (body === undefined || isBlank(body)) return noMessage;
    return {
      source: shortField(fields[source], LIMITS.sourceChars) ?? defaultSource,
      message: body,
      timestamp: shortField(fields[timestamp], SHORT_FIELD_CHARS),
      level: shortField(fields[level], SHORT_FIELD_CHARS),
    };
  };
}

/** A field cut to a length, undefined when there is nothing in it. */
export function shortField(field: string | undefined, chars: number): string | undefined {
  if (field === undefined || field === '') return undefined;
  const trimmed = field.trim();
  if (trimmed === '') return undefined;
  return trimmed.length > chars ? trimmed.slice(0, chars) : trimmed;
}

/** True for a text without anything to read; looks no further than the first character that is there. */
export function isBlank(text: string): boolean {
  return text === '' || (text.charCodeAt(0) <= 32 && text.trim() === '');
}

export function shorten(text: string, chars = 40): string {
  return text.length > chars ? `${text.slice(0, chars)}…` : text;
}

function indexOf(header: readonly string[], name: string | undefined): number {
  return name === undefined ? -1 : header.indexOf(name);
}
