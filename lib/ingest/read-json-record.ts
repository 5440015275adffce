import type { Layout } from '../domain/job.ts';
import { LIMITS } from '../domain/limits.ts';
import type { LogRecord } from '../domain/record.ts';
import { COLUMN_NAMES, findColumn, type Role } from './column-names.ts';
import { isBlank, shorten, shortField } from './read-csv-record.ts';

const SHORT_FIELD_CHARS = 64;
/** As much of a line that is not JSON as its reason may show. */
const ECHO_CHARS = 12;

/** Levels as pino and bunyan number them. */
const NUMBERED_LEVELS: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

type JsonObject = Readonly<Record<string, unknown>>;

/** Reads NDJSON records: an object with a message under a known or wanted key, or a string. */
export function createJsonRecordReader(layout: Layout): (text: string) => LogRecord | string {
  const { columns, defaultSource } = layout;

  return (text) => {
    const value = parseOrReason(text);
    if ('reason' in value) return value.reason;
    if (typeof value.json === 'string') {
      return isBlank(value.json) ? 'an empty string' : { source: defaultSource, message: value.json };
    }
    if (!isObject(value.json)) return `neither an object nor a string, but ${nameOf(value.json)}`;
    const object = value.json;
    const message = valueToText(lookUp(object, 'message', columns.message));
    if (message === undefined || isBlank(message)) return noMessage(columns.message);
    return {
      source: shortField(valueToText(lookUp(object, 'source', columns.source)), LIMITS.sourceChars) ?? defaultSource,
      message,
      timestamp: shortField(valueToText(lookUp(object, 'timestamp', columns.timestamp)), SHORT_FIELD_CHARS),
      level: readLevel(lookUp(object, 'level', columns.level)),
    };
  };
}

function parseOrReason(text: string): { json: unknown } | { reason: string } {
  try {
    const json: unknown = JSON.parse(text);
    return { json };
  } catch {
    return { reason: `not JSON: it begins with ${JSON.stringify(shorten(text.trimStart(), ECHO_CHARS))}` };
  }
}

/** The wanted key's value, else the first known key's that is there. */
function lookUp(object: JsonObject, role: Role, wanted: string | undefined): unknown {
  if (wanted !== undefined) return Object.hasOwn(object, wanted) ? object[wanted] : undefined;
  for (const name of COLUMN_NAMES[role]) {
    if (Object.hasOwn(object, name) && isThere(object[name])) return object[name];
  }
  const name = findColumn(
    Object.keys(object).filter((key) => isThere(object[key])),
    role,
  );
  return name === undefined ? undefined : object[name];
}

function isThere(value: unknown): boolean {
  return value !== null && value !== undefined && value !== '';
}

/** Text as it is, numbers and booleans spelt out, objects and arrays as JSON. */
function valueToText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === null || value === undefined) return undefined;
  try {
    return JSON.stringify(value);
  } catch {
    // JSON.parse takes any depth, JSON.stringify does not.
    return undefined;
  }
}

function readLevel(value: unknown): string | undefined {
  if (typeof value === 'number') return NUMBERED_LEVELS[value] ?? String(value);
  return shortField(valueToText(value), SHORT_FIELD_CHARS);
}

function noMessage(wanted: string | undefined): string {
  if (wanted !== undefined) return `no text under the key "${shorten(wanted)}"`;
  return `no text under any of the keys ${COLUMN_NAMES.message.join(', ')}`;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}
