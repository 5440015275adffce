import { isObject } from './read-json-record.ts';
import type { SourceRow } from './row-reader.ts';
import {
  outcomeReason,
  type RowOutcome,
  VERDICT_COLUMNS,
  verdictColumnNames,
  verdictValues,
  writtenOnce,
} from './verdict-columns.ts';

type Values = readonly (string | number | boolean | null)[];

/** The owner's object text with our keys before its last brace: numbers and key order stay as they were written. */
export function createJsonRowRenderer() {
  const verdictKeys = writtenOnce((verdict) => keysAndValues(VERDICT_COLUMNS, verdictValues(verdict)));
  const ourKeys = (row: SourceRow, object: string, outcome: RowOutcome): string => {
    const names = keyNames(object);
    if (!('verdict' in outcome)) {
      return keysAndValues(names, [...VERDICT_COLUMNS.slice(1).map(() => null), outcomeReason(row, outcome)]);
    }
    const isPlain = names === VERDICT_COLUMNS;
    return isPlain ? verdictKeys(outcome.verdict) : keysAndValues(names, verdictValues(outcome.verdict));
  };

  return (row: SourceRow, outcome: RowOutcome): string => {
    if ('rejection' in outcome || 'rejection' in row) return renderUnread(row, outcome);
    const object = row.text.trimStart().startsWith('"') ? `{"message":${row.text.trim()}}` : row.text;
    const brace = object.lastIndexOf('}');
    return `${object.slice(0, brace)},${ourKeys(row, object, outcome)}${object.slice(brace)}\n`;
  };
}

function keysAndValues(names: readonly string[], values: Values): string {
  return names.map((name, index) => `"${name}":${JSON.stringify(values[index])}`).join(',');
}

/** What could not be read is not spliced into: the text itself, whole but for what the scanner cut. */
function renderUnread({ row, line, text }: SourceRow, outcome: RowOutcome): string {
  const reason = 'verdict' in outcome ? '' : outcomeReason({ row, line }, outcome);
  return `${JSON.stringify({ row, line, raw: text, reason })}\n`;
}

/** A key of ours, or the escape of one of its letters: so may a key be spelt too. */
const SEEMS_TAKEN = new RegExp(`"(?:${VERDICT_COLUMNS.join('|')})"|\\\\u00[5-7]`);

/** Our keys, prefixed where the object has one of that name. Only an object that seems to is parsed again. */
function keyNames(object: string): readonly string[] {
  if (!SEEMS_TAKEN.test(object)) return VERDICT_COLUMNS;
  const parsed: unknown = JSON.parse(object);
  return verdictColumnNames((name) => isObject(parsed) && Object.hasOwn(parsed, name));
}
