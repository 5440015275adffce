import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { corsHeaders, headerOf, preflightHeaders } from './cors.ts';

const compress = promisify(gzip);

/** Below this gzip saves less than its own head costs the reader. */
const LEAST_GZIP_BYTES = 1_024;
/** A JSON of verdicts shrinks to a tenth at the least effort; more effort costs more than the bytes it saves. */
const GZIP_LEVEL = 1;
const TEXT_MEDIA = /^(text\/|application\/(json|problem\+json|x-ndjson|javascript|openapi\+json)|image\/svg\+xml)/;

/** What every answer gets on its way out, whatever made it: a validator for what can be read again, gzip, and what a browser may see. */
export async function dressReply(
  reply: APIGatewayProxyResult,
  event: APIGatewayProxyEvent,
  options: { origins: readonly string[] },
): Promise<APIGatewayProxyResult> {
  const cors = corsHeaders(options.origins, headerOf(event, 'origin'));
  const tagged = withEtag(reply, event);
  const packed = await withGzip(tagged, event);
  const allow = event.httpMethod === 'OPTIONS' ? reply.headers?.allow : undefined;
  const preflight = allow === undefined ? {} : preflightHeaders(cors, String(allow));
  const vary = [cors.vary, packed.headers?.vary].filter((each) => each !== undefined).join(', ');
  return { ...packed, headers: { ...packed.headers, ...cors, ...preflight, ...(vary === '' ? {} : { vary }) } };
}

/** Reads can be asked again with If-None-Match; the tag is a hash of what was answered, so it needs no bookkeeping. */
function withEtag(reply: APIGatewayProxyResult, event: APIGatewayProxyEvent): APIGatewayProxyResult {
  if (event.httpMethod !== 'GET' || reply.statusCode !== 200) return reply;
  // Weak: the same answer may be sent gzipped and not.
  const etag = String(reply.headers?.etag ?? `W/"${hashOf(reply.body)}"`);
  const cacheControl = reply.headers?.['cache-control'] ?? 'no-store';
  // What `no-store` forbids nobody could ask about again; it stays private, and is checked each time.
  const headers = {
    ...reply.headers,
    etag,
    'cache-control': cacheControl === 'no-store' ? 'private, no-cache' : cacheControl,
  };
  if (!matches(headerOf(event, 'if-none-match'), etag)) return { ...reply, headers };
  const { 'content-type': _type, ...kept } = { 'content-type': '', ...headers };
  return { statusCode: 304, headers: kept, body: '' };
}

/** RFC 9110, 13.1.2: a list of tags, compared weakly, or `*`. */
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const strong = (tag: string) => tag.trim().replace(/^W\//, '');
  return header.trim() === '*' || header.split(',').some((tag) => strong(tag) === strong(etag));
}

function hashOf(body: string): string {
  return createHash('sha256').update(body).digest('base64url').slice(0, 22);
}

async function withGzip(reply: APIGatewayProxyResult, event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  const { headers = {}, body, isBase64Encoded } = reply;
  const isText = TEXT_MEDIA.test(String(headers['content-type'] ?? ''));
  if (isBase64Encoded || !isText || 'content-encoding' in headers || body.length < LEAST_GZIP_BYTES) return reply;
  const varying = { ...headers, vary: 'accept-encoding' };
  if (!takesGzip(headerOf(event, 'accept-encoding'))) return { ...reply, headers: varying };
  const packed = await compress(body, { level: GZIP_LEVEL });
  return {
    ...reply,
    headers: { ...varying, 'content-encoding': 'gzip' },
    body: packed.toString('base64'),
    isBase64Encoded: true,
  };
}

/** RFC 9110, 12.5.3, of gzip alone: named, or by `*`, and not with a weight of nothing. */
function takesGzip(header: string | undefined): boolean {
  if (header === undefined) return false;
  const weights = header
    .slice(0, 500)
    .split(',')
    .map((each) => each.trim().toLowerCase().split(';'));
  const of = (name: string) => weights.find(([coding]) => coding?.trim() === name);
  const [, ...parameters] = of('gzip') ?? of('x-gzip') ?? of('*') ?? ['', 'q=0'];
  return !parameters.some((parameter) => /^\s*q=0(\.0*)?\s*$/.test(parameter));
}
