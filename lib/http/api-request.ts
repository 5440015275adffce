import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import * as z from 'zod';
import { InvalidInput } from '../domain/errors.ts';
import { tenantSchema } from '../domain/job.ts';

/** A request as the use cases see it: who asks, for what, with which bytes. Header names are lower case. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
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
}

export type ApiReply = APIGatewayProxyResult;

/** Authorizer contexts carry strings only; scopes are joined by spaces. */
const authorizerContextSchema = z.object({
  tenant: tenantSchema,
  keyId: z.string(),
  scopes: z.string().transform((scopes) => scopes.split(' ')),
});

export function eventToRequest(event: APIGatewayProxyEvent, caller: Caller): ApiRequest {
  return {
    method: event.httpMethod,
    path: event.path,
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
  const context = authorizerContextSchema.safeParse(event.requestContext.authorizer);
  if (!context.success) throw new InvalidInput('no-key', 'Send an API key in the header x-api-key.', { status: 401 });
  if (!context.data.scopes.includes(scope) && !context.data.scopes.includes('admin')) {
    throw new InvalidInput('scope', `This key lacks the scope "${scope}".`, { status: 403 });
  }
  return context.data;
}

export function jsonReply(status: number, body: unknown, headers: Record<string, string> = {}): ApiReply {
  return {
    statusCode: status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}
