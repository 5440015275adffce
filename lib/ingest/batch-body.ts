import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { InvalidInput, type Issue } from '../domain/errors.ts';
import { LIMITS } from '../domain/limits.ts';
import { isGzip } from './inflate.ts';
import { isObject } from './read-json-record.ts';
import { createRecordScanner } from './scan-records.ts';

const inflateBytes = promisify(gunzip);
const ISSUES = 20;

export interface BatchBody {
  /** One record a line. */
  readonly ndjson: Uint8Array;
  readonly records: number;
  /** What an object held beside its `log_entries`. */
  readonly beside: Readonly<Record<string, unknown>>;
}

/**
 * A batch's records as NDJSON: from a JSON array of strings and objects, `{"log_entries": [...]}`, or NDJSON as it is
 * (lines that are no strings or objects become rejected rows, but the first must be one). Gzip is recognised by its first bytes. Throws
 * `InvalidInput`: `too-large` (413), `gzip`, `empty-body`, `invalid-json`, `invalid-body` with the path of every issue.
 */
export async function readBatchBody(bytes: Uint8Array): Promise<BatchBody> {
  const content = isGzip(bytes) ? await inflateBounded(bytes) : Buffer.from(bytes);
  if (content.length > LIMITS.batchInflatedBytes) throw tooLarge();
  const body = content[0] === 0xef && content[1] === 0xbb && content[2] === 0xbf ? content.subarray(3) : content;
  const first = firstCharacter(body);
  if (first === undefined) throw new InvalidInput('empty-body', 'The body is empty; send a JSON array or NDJSON.');
  if (first === '[') return entriesToBatch(parseWhole(body), '');
  const whole = first === '{' ? tryParse(body.toString()) : undefined;
  if (isObject(whole) && Object.hasOwn(whole, 'log_entries')) {
    const { log_entries, ...beside } = whole;
    return { ...entriesToBatch(log_entries, 'log_entries.'), beside };
  }
  return whole === undefined ? linesToBatch(body) : entriesToBatch([whole], '');
}

function entriesToBatch(entries: unknown, path: string): BatchBody {
  if (!Array.isArray(entries)) {
    throw invalidBody([{ path: path.slice(0, -1), message: 'must be an array of strings or objects' }]);
  }
  if (entries.length === 0) throw invalidBody([{ path: path.slice(0, -1) || '(root)', message: 'holds no records' }]);
  const issues = entries.flatMap((entry: unknown, index): Issue[] =>
    typeof entry === 'string' || isObject(entry)
      ? []
      : [{ path: `${path}${index}`, message: 'must be a string or an object' }],
  );
  if (issues.length > 0) throw invalidBody(issues.slice(0, ISSUES));
  const lines = entries.map((entry: unknown, index) => Buffer.from(`${writeEntry(entry, `${path}${index}`)}\n`));
  return { ndjson: Buffer.concat(lines), records: lines.length, beside: {} };
}

/** JSON.parse takes any depth, JSON.stringify does not. */
function writeEntry(entry: unknown, path: string): string {
  try {
    return JSON.stringify(entry);
  } catch {
    throw invalidBody([{ path, message: 'is nested too deeply' }]);
  }
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

function firstCharacter(body: Buffer): string | undefined {
  const index = body.findIndex((byte) => byte !== 32 && byte !== 9 && byte !== 10 && byte !== 13);
  return index < 0 ? undefined : String.fromCharCode(body[index] ?? 0);
}

function parseWhole(body: Buffer): unknown {
  try {
    const value: unknown = JSON.parse(body.toString());
    return value;
  } catch (cause) {
    const place = /at position \d{1,12}/.exec(cause instanceof Error ? cause.message : '')?.[0] ?? 'at its end';
    throw new InvalidInput('invalid-json', `The body is not JSON: it breaks off ${place}.`, { cause });
  }
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
    if (cause instanceof RangeError) throw tooLarge();
    throw new InvalidInput('gzip', 'The body is not whole gzip.', { cause });
  }
}

function tooLarge(): InvalidInput {
  const instead = 'Send it in parts, or upload it as a file with POST /v1/uploads.';
  return new InvalidInput('too-large', `The batch is over ${LIMITS.batchInflatedBytes} bytes. ${instead}`, {
    status: 413,
  });
}

function invalidBody(issues: readonly Issue[]): InvalidInput {
  const [first] = issues;
  return new InvalidInput('invalid-body', `The body is not as expected: ${first?.path}: ${first?.message}`, { issues });
}
