import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type * as z from 'zod';
import { InvalidInput, type Issue } from '../domain/errors.ts';
import type { ApiRequest } from './api-request.ts';

const inflate = promisify(gunzip);

export interface BodyLimits {
  readonly wireBytes: number;
  readonly inflatedBytes: number;
  /** What to do instead, for the 413's detail. */
  readonly instead: string;
}

/** The body's bytes, inflated when `content-encoding` or the first bytes say gzip. Throws 413 above a limit, 400 for a broken gzip, 415 for another encoding. */
export async function readBytes(request: ApiRequest, limits: BodyLimits): Promise<Uint8Array> {
  const { body } = request;
  if (body.length > limits.wireBytes) throw tooLarge(limits.wireBytes, limits.instead);
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip') {
    throw new InvalidInput('content-encoding', `Content-Encoding "${encoding.slice(0, 40)}" is not read; use gzip.`, {
      status: 415,
    });
  }
  const isGzip = encoding === 'gzip' || (body[0] === 0x1f && body[1] === 0x8b);
  const bytes = isGzip ? await inflateBounded(body, limits) : body;
  if (bytes.length > limits.inflatedBytes) throw tooLarge(limits.inflatedBytes, limits.instead);
  return bytes;
}

async function inflateBounded(body: Uint8Array, limits: BodyLimits): Promise<Uint8Array> {
  try {
    return await inflate(body, { maxOutputLength: limits.inflatedBytes });
  } catch (cause) {
    if (cause instanceof RangeError) throw tooLarge(limits.inflatedBytes, limits.instead);
    throw new InvalidInput('gzip', 'The body is not valid gzip.', { cause });
  }
}

function tooLarge(bytes: number, instead: string): InvalidInput {
  return new InvalidInput('too-large', `The body is over ${bytes} bytes. ${instead}`, { status: 413 });
}

/** The bytes as JSON of a schema. Throws 400 with the path of every issue (the first 20). */
export function parseJson<Schema extends z.ZodType>(bytes: Uint8Array, schema: Schema): z.infer<Schema> {
  return checkBody(decodeJson(bytes), schema);
}

/** The same of a body that was parsed already, or of a part of it. */
export function checkBody<Schema extends z.ZodType>(body: unknown, schema: Schema): z.infer<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issues = zodErrorToIssues(parsed.error);
  throw new InvalidInput('invalid-body', `The body is not as expected: ${issues[0]?.path}: ${issues[0]?.message}`, {
    issues,
  });
}

function decodeJson(bytes: Uint8Array): unknown {
  const text = new TextDecoder().decode(bytes);
  if (text.trim() === '') throw new InvalidInput('empty-body', 'The body is empty; send JSON.');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InvalidInput('invalid-json', `The body is not JSON: ${jsonErrorPlace(cause)}.`, { cause });
  }
}

/** V8's message quotes the input; only the place is passed on. */
function jsonErrorPlace(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : '';
  return /at position \d{1,12}(?: \(line \d{1,12} column \d{1,12}\))?/.exec(message)?.[0] ?? 'it ends too early';
}

/** Checks query parameters. Throws 400 with the name of every one at fault. */
export function parseQuery<Schema extends z.ZodType>(query: ApiRequest['query'], schema: Schema): z.infer<Schema> {
  const parsed = schema.safeParse(query);
  if (parsed.success) return parsed.data;
  const issues = zodErrorToIssues(parsed.error);
  throw new InvalidInput('invalid-query', `Query: ${issues[0]?.path}: ${issues[0]?.message}`, { issues });
}

const ISSUES = 20;

/** The first of what is wrong, each with its path. */
function zodErrorToIssues({ issues }: z.ZodError): readonly Issue[] {
  return issues
    .slice(0, ISSUES)
    .flatMap((issue) => innerIssues(issue))
    .slice(0, ISSUES)
    .map(({ path, message }) => ({ path: path.map(String).join('.') || '(root)', message }));
}

type Inner = Pick<z.core.$ZodIssue, 'path' | 'message'>;

/** What is wrong inside the alternative that was meant: the one of the value's own type, if there is one. */
function innerIssues(issue: z.core.$ZodIssue): readonly Inner[] {
  if (issue.code !== 'invalid_union') return [issue];
  const isOtherType = ({ code, path }: z.core.$ZodIssue) => code === 'invalid_type' && path.length === 0;
  const meant = issue.errors.find((issues) => !issues.some(isOtherType));
  const expected = issue.errors.flat().flatMap((inner) => (inner.code === 'invalid_type' ? inner.expected : []));
  if (meant === undefined) return [{ path: issue.path, message: `Invalid input: expected ${expected.join(' or ')}` }];
  return meant.map(({ path, message }) => ({ path: [...issue.path, ...path], message }));
}
