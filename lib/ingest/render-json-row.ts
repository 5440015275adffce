import { isObject } from './read-json-record.ts';
import type { SourceRow } from './row-reader.ts';
import {
  outcomeReason,
  type RowOutcome,
  VERDICT_COLUMNS,
  verdictColumnNames,
  verdictValues,
} from './verdict-columns.ts';

/** The owner's object text with our keys before its last brace: numbers and key order stay as they were written. */
export function renderJsonRow(row: SourceRow, text: string, outcome: RowOutcome): string {
  if ('rejection' in outcome || 'rejection' in row) return renderUnread(row, text, outcome);
  const object = text.trimStart().startsWith('"') ? `{"message":${text.trim()}}` : text;
  const brace = object.lastIndexOf('}');
  const values =
    'verdict' in outcome
      ? verdictValues(outcome.verdict)
      : [...VERDICT_COLUMNS.slice(1).map(() => null), outcomeReason(row, outcome)];
  const names = keyNames(object);
  const ours = names.map((name, index) => `"${name}":${JSON.stringify(values[index])}`).join(',');
  return `${object.slice(0, brace)},${ours}${object.slice(brace)}\n`;
}

/** What could not be read is not spliced into: the text itself, whole but for what the scanner cut. */
function renderUnread(row: SourceRow, text: string, outcome: RowOutcome): string {
  const reason = 'verdict' in outcome ? '' : outcomeReason(row, outcome);
  return `${JSON.stringify({ row: row.row, line: row.line, raw: text, reason })}\n`;
}

/** Our keys, prefixed where the object has one of that name. Only an object that seems to is parsed again. */
function keyNames(object: string): readonly string[] {
  if (!VERDICT_COLUMNS.some((name) => object.includes(`"${name}"`))) return VERDICT_COLUMNS;
  const parsed: unknown = JSON.parse(object);
  return verdictColumnNames((name) => isObject(parsed) && Object.hasOwn(parsed, name));
}
