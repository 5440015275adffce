import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { S3Error } from './s3-error.ts';

/** What the laptop's functions and its user sign with. The emulators are on loopback only, so this is no secret: it keeps links honest. */
export const localCredentials = { accessKeyId: 'local', secretAccessKey: 'local' } as const;
export const localRegion = 'us-east-1';

export interface SignedRequest {
  readonly method: string;
  /** As it was sent, percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

/** How far a signed request's date may be from ours (AWS's own limit). */
const skewMs = 15 * 60 * 1000;

/**
 * Checks a request's AWS Signature Version 4, in the query (a presigned link) or in the Authorization header, as
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html says. Which headers are signed
 * is the signer's choice; a signed `content-length` or `if-none-match` is thereby enforced. False where there is no
 * signature; throws S3Error 403 where there is one that does not hold or has expired.
 */
export function checkSignature(request: SignedRequest, nowMs: number): boolean {
  const signature = readQuerySignature(request) ?? readHeaderSignature(request);
  if (signature === undefined) return false;
  const { credential, date, signedHeaders, given, expiresSeconds, query, payloadHash } = signature;
  const [accessKeyId, day = '', region = '', service = '', terminator] = credential.split('/');
  const signedAt = parseDate(date);
  if (accessKeyId !== localCredentials.accessKeyId || terminator !== 'aws4_request' || !date.startsWith(day)) {
    throw new S3Error(403, 'InvalidAccessKeyId', 'The access key is not the one of this laptop stack (`local`).');
  }
  const [notBefore, notAfter] = [
    signedAt - skewMs,
    signedAt + (expiresSeconds === undefined ? skewMs : expiresSeconds * 1000),
  ];
  if (!(nowMs >= notBefore && nowMs <= notAfter)) throw new S3Error(403, 'AccessDenied', 'Request has expired');

  const canonical = [
    request.method,
    request.path.split('/').map(encodeAgain).join('/'),
    query,
    ...signedHeaders.map((name) => `${name}:${headerText(request.headers[name])}`),
    '',
    signedHeaders.join(';'),
    payloadHash,
  ].join('\n');
  const scope = [day, region, service, 'aws4_request'];
  const toSign = ['AWS4-HMAC-SHA256', date, scope.join('/'), sha256(canonical)].join('\n');
  const key = scope.reduce<Buffer | string>(
    (secret, part) => hmac(secret, part),
    `AWS4${localCredentials.secretAccessKey}`,
  );
  const expected = hmac(key, toSign);
  const actual = Buffer.from(given, 'hex');
  if (actual.byteLength !== expected.byteLength || !timingSafeEqual(actual, expected)) {
    throw new S3Error(
      403,
      'SignatureDoesNotMatch',
      'The signature does not match the request: its path, query or a signed header differs.',
    );
  }
  return true;
}

function readQuerySignature({ query, headers }: SignedRequest) {
  if (!query.has('X-Amz-Signature')) return undefined;
  return {
    credential: query.get('X-Amz-Credential') ?? '',
    date: query.get('X-Amz-Date') ?? '',
    expiresSeconds: Math.min(Number(query.get('X-Amz-Expires')), 7 * 24 * 3600),
    signedHeaders: (query.get('X-Amz-SignedHeaders') ?? '').split(';'),
    given: query.get('X-Amz-Signature') ?? '',
    query: canonicalQuery(query),
    payloadHash:
      (query.get('X-Amz-Content-Sha256') ?? headerText(headers['x-amz-content-sha256'])) || 'UNSIGNED-PAYLOAD',
  };
}

function readHeaderSignature({ query, headers }: SignedRequest) {
  const { authorization } = headers;
  if (authorization === undefined) return undefined;
  const field = (name: string) => new RegExp(`${name}=([^, ]+)`).exec(authorization)?.[1] ?? '';
  return {
    credential: field('Credential'),
    date: headerText(headers['x-amz-date']),
    expiresSeconds: undefined,
    signedHeaders: field('SignedHeaders').split(';'),
    given: field('Signature'),
    query: canonicalQuery(query),
    payloadHash: headerText(headers['x-amz-content-sha256']) || 'UNSIGNED-PAYLOAD',
  };
}

function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encodeStrictly(name), encodeStrictly(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** `20251121T101500Z` in milliseconds; NaN for anything else. */
function parseDate(date: string): number {
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

const headerText = (value: string | readonly string[] | undefined) =>
  (typeof value === 'string' ? value : (value ?? []).join(',')).trim().replace(/ {2,}/g, ' ');

/** RFC 3986: everything but letters, digits and `-_.~`, whichever of them the client had left as they were. */
const encodeStrictly = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
const encodeAgain = (segment: string) => encodeStrictly(decodeURIComponent(segment));

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: Buffer | string, text: string) => createHmac('sha256', key).update(text).digest();
