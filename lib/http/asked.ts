import type { APIGatewayProxyEvent } from 'aws-lambda';
import * as z from 'zod';
import { InvalidInput } from '../domain/errors.ts';
import { type ApiRequest, type Caller, eventToRequest, requireScope } from './api-request.ts';
import { idempotencyKeyOf } from './idempotency-key.ts';
import { parseJson, parseQuery, readBytes } from './read-body.ts';
import type { Route, RouteBody } from './route.ts';

type Output<Of extends Route, Part extends 'params' | 'query'> = Of extends {
  readonly [part in Part]: infer Schema extends z.ZodType;
}
  ? z.output<Schema>
  : Readonly<Record<string, string | undefined>>;
type BodyOf<Of extends Route> = Of extends { readonly body: { readonly json: infer Schema extends z.ZodType } }
  ? z.output<Schema>
  : Uint8Array;

/** A request as the handler of its route gets it: checked, with the types of the route's schemas. A body without a JSON schema is its bytes, inflated. */
export interface Asked<Of extends Route> extends Omit<ApiRequest, 'params' | 'query' | 'body'> {
  readonly params: Output<Of, 'params'>;
  readonly query: Output<Of, 'query'>;
  readonly body: BodyOf<Of>;
  /** Of routes that take one. */
  readonly idempotencyKey: string | undefined;
}

const NOBODY: Caller = { tenant: '', keyId: '', scopes: [] };
const noQuery = z.strictObject({});

/** Checks a request by its route: scope, path, query, Idempotency-Key, size and body, in that order. Throws `InvalidInput`. */
export async function askedOf<Of extends Route>(route: Of, event: APIGatewayProxyEvent): Promise<Asked<Of>>;
// Which schema made which part is known to the compiler by the signature above only.
export async function askedOf(route: Route, event: APIGatewayProxyEvent): Promise<unknown> {
  const caller = route.scope === undefined ? NOBODY : requireScope(event, route.scope);
  const request = eventToRequest(event, caller);
  return {
    ...request,
    params: checkParams(route, request),
    query: checkQuery(route, request),
    idempotencyKey: route.headers?.['Idempotency-Key'] && idempotencyKeyOf(request),
    body: route.body === undefined ? request.body : await checkBody(route.body, request),
  };
}

function checkParams({ params, missing }: Route, request: ApiRequest): unknown {
  if (params === undefined) return request.params;
  const parsed = params.safeParse(request.params);
  if (parsed.success) return parsed.data;
  throw new InvalidInput(missing?.code ?? 'not-found', missing?.detail ?? 'There is nothing at this address.', {
    status: 404,
  });
}

function checkQuery({ query, replaced }: Route, request: ApiRequest): unknown {
  if (query !== undefined) return parseQuery(request.query, query);
  // FastAPI ignores what it does not know, and so do the routes that stand in for its.
  return replaced ? request.query : parseQuery(request.query, noQuery);
}

async function checkBody({ limits, json, optional }: RouteBody, request: ApiRequest): Promise<unknown> {
  const bytes = await readBytes(request, limits);
  if (json === undefined || (optional && bytes.byteLength === 0)) return bytes;
  return parseJson(bytes, json);
}
