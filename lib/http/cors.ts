import type { APIGatewayProxyEvent } from 'aws-lambda';

/** What a page may send beyond the plain headers, and what it may read of an answer. */
const REQUEST_HEADERS =
  'content-type, content-encoding, x-api-key, idempotency-key, if-match, if-none-match, accept, x-request-id';
const REPLY_HEADERS =
  'etag, location, link, retry-after, ratelimit, ratelimit-policy, x-request-id, content-disposition, content-encoding';
const MAX_AGE_SECONDS = '600';

/** What a browser is told of a request from another origin: nothing, unless its origin was configured. */
export function corsHeaders(origins: readonly string[], event: APIGatewayProxyEvent): Record<string, string> {
  if (origins.length === 0) return {};
  const origin = headerOf(event, 'origin');
  const isAllowed = origin !== undefined && (origins.includes(origin) || origins.includes('*'));
  // Our keys travel in a header of their own and never in a cookie, so credentials need not be allowed.
  return isAllowed
    ? { 'access-control-allow-origin': origin, 'access-control-expose-headers': REPLY_HEADERS, vary: 'origin' }
    : { vary: 'origin' };
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
