import type { APIGatewayProxyEvent } from 'aws-lambda';

/** What a page may send beyond the plain headers, and what it may read of an answer. */
const REQUEST_HEADERS =
  'content-type, content-encoding, x-api-key, idempotency-key, if-match, if-none-match, accept, x-request-id';
const REPLY_HEADERS =
  'etag, location, link, retry-after, ratelimit, ratelimit-policy, x-request-id, content-disposition, content-encoding';
const MAX_AGE_SECONDS = '600';

/** What a browser is told of the answer to a request from `origin`: nothing, unless that was configured. */
export function corsHeaders(origins: readonly string[], origin: string | undefined): Record<string, string> {
  if (origins.length === 0) return {};
  const isAllowed = origin !== undefined && (origins.includes(origin) || origins.includes('*'));
  // Our keys travel in a header of their own and never in a cookie, so credentials need not be allowed.
  return isAllowed
    ? { 'access-control-allow-origin': origin, 'access-control-expose-headers': REPLY_HEADERS, vary: 'origin' }
    : { vary: 'origin' };
}

/**
 * Of the refusals that API Gateway makes itself, which have to be fixed beforehand: with several origins it cannot choose
 * the one that asked. A star then lets any page read that a request was refused, of which the text is the same for
 * everybody; it lets no page send one that a browser asks about first, and every request with a key is such.
 */
export function fixedCorsHeaders(origins: readonly string[]): Record<string, string> {
  const [first, ...others] = origins;
  if (first === undefined) return {};
  const origin = others.length === 0 ? first : '*';
  return { 'access-control-allow-origin': origin, 'access-control-expose-headers': 'retry-after, x-amzn-requestid' };
}

/** Of the answer to OPTIONS, which a browser sends without a key to ask whether it may go on. `allow`: the path's methods. */
export function preflightHeaders(cors: Readonly<Record<string, string>>, allow: string): Record<string, string> {
  if (!('access-control-allow-origin' in cors)) return {};
  return {
    'access-control-allow-methods': allow,
    'access-control-allow-headers': REQUEST_HEADERS,
    'access-control-max-age': MAX_AGE_SECONDS,
  };
}

/** Of a request as the gateway leaves it: names in the client's own case. */
export function headerOf(event: Pick<APIGatewayProxyEvent, 'headers'>, name: string): string | undefined {
  const found = Object.entries(event.headers ?? {}).find(([each]) => each.toLowerCase() === name);
  return found?.[1];
}
