import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { InvalidInput, type Issue } from '../domain/errors.ts';
import { LIMITS } from '../domain/limits.ts';
import { isGzip } from './inflate.ts';
import { isObject } from './read-json-record.ts';
import { memberValue, OPEN_ARRAY, OPEN_OBJECT, QUOTE, type Span, scanMembers, skipBlanks } from './scan-json.ts';
import { createRecordScanner } from './scan-records.ts';

const inflateBytes = promisify(gunzip);
const ISSUES = 20;
const [BLANK, NEWLINE, CARRIAGE_RETURN] = [32, 10, 13];
const INSTEAD = 'Send it in parts, or upload it as a file with POST /v1/uploads.';

export interface BatchBody {
  /** One record a line. */
  readonly ndjson: Uint8Array;
  readonly records: number;
  /** What an object held beside its `log_entries`. */
  readonly beside: Readonly<Record<string, unknown>>;
}
type Entries = Pick<BatchBody, 'ndjson' | 'records'>;

/**
 * A batch's records as NDJSON: from a JSON array of strings and objects, `{"log_entries": [...]}`, or NDJSON as it is
 * (lines that are no strings or objects become rejected rows, but the first must be one). Records keep the text they
 * were sent with. Gzip is recognised by its first bytes. Throws `InvalidInput`: `too-large` (413), `gzip`, `empty-body`,
 * `invalid-json`, `invalid-body` with the path of every issue.
 */
export async function readBatchBody(bytes: Uint8Array): Promise<BatchBody> {
  const content = isGzip(bytes)
    ? await inflateBounded(bytes)
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (content.length > LIMITS.batchInflatedBytes) throw tooLarge(`over ${LIMITS.batchInflatedBytes} bytes`);
  const body = content[0] === 0xef && content[1] === 0xbb && content[2] === 0xbf ? content.subarray(3) : content;
  const first = skipBlanks(body, 0);
  if (first === body.length) throw new InvalidInput('empty-body', 'The body is empty; send a JSON array or NDJSON.');
  if (body[first] === OPEN_ARRAY) return { ...arrayToEntries(body, { from: first, to: body.length }, ''), beside: {} };
  const whole = body[first] === OPEN_OBJECT ? objectToBatch(body, first) : undefined;
  return whole ?? linesToBatch(body);
}

/** Undefined where it is not one whole object: NDJSON begins so too. */
function objectToBatch(body: Buffer, from: number): BatchBody | undefined {
  let entries: Span | undefined;
  let levels = 0;
  const to = scanMembers(body, from, (member) => {
    entries = memberValue(body, member, 'log_entries') ?? entries;
    levels = Math.max(levels, member.levels + 1);
  });
  if (to === undefined || skipBlanks(body, to) < body.length) return undefined;
  if (entries === undefined) return recordToBatch(body, { from, to, levels });
  const beside = readBeside(Buffer.concat([body.subarray(from, entries.from), NULL, body.subarray(entries.to, to)]));
  if (beside === undefined) return undefined;
  if (body[entries.from] !== OPEN_ARRAY)
    throw invalidBody([{ path: 'log_entries', message: 'must be an array of strings or objects' }]);
  return { ...arrayToEntries(body, entries, 'log_entries.'), beside };
}

/** Stands for the entries in what is read beside them. */
const NULL = Buffer.from('null');

function readBeside(object: Buffer): BatchBody['beside'] | undefined {
  if (object.length > LIMITS.requestBytes) throw tooLarge(`over ${LIMITS.requestBytes} bytes beside its log_entries`);
  const parsed = tryParse(object.toString());
  if (!isObject(parsed)) return undefined;
  const { log_entries, ...beside } = parsed;
  return beside;
}

function recordToBatch(body: Buffer, record: Span): BatchBody | undefined {
  // Too large to be parsed: whether it is one record or lines is left to the reading of lines.
  if (record.to - record.from > LIMITS.recordBytes || !isJson(body, record)) return undefined;
  const issues = entryIssues(body, record, '0');
  if (issues.length > 0) throw invalidBody(issues);
  const ndjson = Buffer.alloc(record.to - record.from + 1);
  writeLine(ndjson, 0, body, record);
  return { ndjson, records: 1, beside: {} };
}

/**
 * The array that is all of `from` to `to`, entry by entry: parsed as a whole, 32 MiB of the smallest values take a
 * gigabyte. What is written is no longer than what is read, as every entry has a comma or bracket after it.
 */
function arrayToEntries(body: Buffer, { from, to }: Pick<Span, 'from' | 'to'>, path: string): Entries {
  const ndjson = Buffer.alloc(to - from);
  const issues: Issue[] = [];
  let [records, length] = [0, 0];
  const end = scanMembers(body, from, (entry) => {
    if (records === LIMITS.batchRecords) throw tooLarge(`an array of more than ${LIMITS.batchRecords} records`);
    if (!isJson(body, entry)) throw notJson(`entry ${records} of its array is none`);
    if (issues.length < ISSUES) issues.push(...entryIssues(body, entry, `${path}${records}`));
    length = writeLine(ndjson, length, body, entry);
    records += 1;
  });
  if (end === undefined) throw notJson('its array does not end');
  if (skipBlanks(body, end) < to) throw notJson('something follows its array');
  if (records === 0) throw invalidBody([{ path: path.slice(0, -1) || '(root)', message: 'holds no records' }]);
  if (issues.length > 0) throw invalidBody(issues);
  return { ndjson: ndjson.subarray(0, length), records };
}

/** Of what is over the limit of a record nothing is asked: it becomes a rejected row, as in NDJSON. */
function isJson(body: Buffer, { from, to }: Span): boolean {
  return to - from > LIMITS.recordBytes || tryParse(body.toString('utf8', from, to)) !== undefined;
}

function entryIssues(body: Buffer, { from, levels }: Span, path: string): readonly Issue[] {
  if (body[from] !== OPEN_OBJECT && body[from] !== QUOTE) return [{ path, message: 'must be a string or an object' }];
  return levels > LIMITS.recordLevels ? [{ path, message: 'is nested too deeply' }] : [];
}

/** Returns where the next line begins. In JSON line ends stand between tokens alone, where a blank says the same. */
function writeLine(lines: Buffer, at: number, body: Buffer, { from, to }: Span): number {
  let next = at;
  for (let read = from; read < to; read += 1) {
    const byte = body[read] ?? NEWLINE;
    lines[next] = byte === NEWLINE || byte === CARRIAGE_RETURN ? BLANK : byte;
    next += 1;
  }
  lines[next] = NEWLINE;
  return next + 1;
}

function linesToBatch(body: Buffer): BatchBody {
  let records = 0;
  const scanner = createRecordScanner(
    { format: 'ndjson', joinContinuations: false },
    { offset: 0, line: 1 },
    ({ bytes, from, to, line, rejection }) => {
      records++;
      if (records === 1 && rejection === undefined) refuseFirst(tryParse(bytes.toString('utf8', from, to)), line);
    },
  );
  scanner.push(body);
  scanner.end();
  return { ndjson: body, records, beside: {} };
}

function refuseFirst(value: unknown, line: number): void {
  if (value === undefined)
    throw new InvalidInput('invalid-json', `The body is not JSON, and its line ${line} is not NDJSON either.`);
  if (typeof value !== 'string' && !isObject(value))
    throw invalidBody([{ path: '(root)', message: 'must be an array, an object or a string' }]);
}

function tryParse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

async function inflateBounded(bytes: Uint8Array): Promise<Buffer> {
  try {
    return await inflateBytes(bytes, { maxOutputLength: LIMITS.batchInflatedBytes });
  } catch (cause) {
    if (cause instanceof RangeError) throw tooLarge(`over ${LIMITS.batchInflatedBytes} bytes`);
    throw new InvalidInput('gzip', 'The body is not whole gzip.', { cause });
  }
}

function tooLarge(how: string): InvalidInput {
  return new InvalidInput('too-large', `The batch is ${how}. ${INSTEAD}`, { status: 413 });
}

function notJson(why: string): InvalidInput {
  return new InvalidInput('invalid-json', `The body is not JSON: ${why}.`);
}

function invalidBody(issues: readonly Issue[]): InvalidInput {
  const [first] = issues;
  return new InvalidInput('invalid-body', `The body is not as expected: ${first?.path}: ${first?.message}`, { issues });
}
