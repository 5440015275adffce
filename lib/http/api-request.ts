import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import * as z from 'zod';
import { InvalidInput } from '../domain/errors.ts';
import { tenantSchema } from '../domain/job.ts';
import { type PartialQuota, partialQuotaSchema } from '../domain/quota.ts';

/** A request as the use cases see it: who asks, for what, with which bytes. Header names are lower case. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  /** Whether the address that was asked for ends in a slash; `path` does not say. */
  readonly trailingSlash: boolean;
  readonly requestId: string;
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
  readonly caller: Caller;
}

export interface Caller {
  readonly tenant: string;
  readonly keyId: string;
  readonly scopes: readonly string[];
  /** What the key may use of its tenant's quota; absent: all of it. */
  readonly quota?: PartialQuota;
}

export type ApiReply = APIGatewayProxyResult;

/** Authorizer contexts carry strings only; scopes are joined by spaces, the quota is JSON. */
const authorizerContextSchema = z.object({
  tenant: tenantSchema,
  keyId: z.string(),
  scopes: z.string().transform((scopes) => scopes.split(' ')),
  quota: z
    .string()
    .transform((text) => JSON.parse(text) as unknown)
    .pipe(partialQuotaSchema)
    .optional(),
});

export function eventToRequest(event: APIGatewayProxyEvent, caller: Caller): ApiRequest {
  return {
    method: event.httpMethod,
    path: event.path,
    trailingSlash: event.requestContext.path.endsWith('/'),
    requestId: event.requestContext.requestId,
    params: event.pathParameters ?? {},
    query: event.queryStringParameters ?? {},
    // The gateway's own test console sends null, whatever the type says.
    headers: event.headers ?? {},
    body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
    caller,
  };
}

/** Who asks, from the authorizer's context. Throws 403 when the scope is not among the key's. */
export function requireScope(event: APIGatewayProxyEvent, scope: string): Caller {
  const caller = callerOf(event);
  if (caller === undefined)
    throw new InvalidInput('no-key', 'Send an API key in the header x-api-key.', { status: 401 });
  if (!caller.scopes.includes(scope) && !caller.scopes.includes('admin')) {
    throw new InvalidInput('scope', `This key lacks the scope "${scope}".`, { status: 403 });
  }
  return caller;
}

/** Who asks, undefined where the gateway let the request through without a key. */
export function callerOf(event: APIGatewayProxyEvent): Caller | undefined {
  return authorizerContextSchema.safeParse(event.requestContext.authorizer).data;
}

export function jsonReply(status: number, body: unknown, headers: Record<string, string> = {}): ApiReply {
  return {
    statusCode: status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}
