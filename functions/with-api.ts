import middy from '@middy/core';
import httpHeaderNormalizer from '@middy/http-header-normalizer';
import httpRouter from '@middy/http-router';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { routes } from '../infra/topology.ts';
import { InvalidInput } from '../lib/domain/errors.ts';
import { apiMiddleware } from '../lib/http/api-middleware.ts';
import { type ApiReply, type ApiRequest, eventToRequest, requireScope } from '../lib/http/api-request.ts';
import { type Asked, askedOf, NOBODY } from '../lib/http/asked.ts';
import { asLegacyError } from '../lib/http/legacy-validation.ts';
import { type Route, routeName } from '../lib/http/route.ts';
import { routeTable } from '../lib/http/route-table.ts';
import type { Clock, Log } from '../lib/ports.ts';

/** A route and what answers it. */
export interface Answer {
  readonly route: Route;
  readonly handle: (event: APIGatewayProxyEvent, context: Context) => Promise<ApiReply>;
}

/** The handler of a route of lib/http/route-table.ts: it is called with what the route's schemas made of the request. */
export function answer<Of extends Route>(
  route: Of,
  handler: (request: Asked<Of>, context: Context) => Promise<ApiReply> | ApiReply,
): Answer {
  const handle = async (event: APIGatewayProxyEvent, context: Context) => handler(await askedOf(route, event), context);
  return { route, handle: route.replaced ? withLegacyErrors(handle) : handle };
}

function withLegacyErrors(handle: Answer['handle']): Answer['handle'] {
  return async (event, context) => {
    try {
      return await handle(event, context);
    } catch (error) {
      throw asLegacyError(error);
    }
  };
}

/** A handler that checks its request itself. */
export type RouteHandler = (request: ApiRequest, context: Context) => Promise<ApiReply> | ApiReply;

function unchecked(name: string, handler: RouteHandler): Answer {
  const route = routeTable.find((each) => routeName(each) === name);
  if (route === undefined) throw new RangeError(`no route in the topology for ${name}`);
  const { scope } = route;
  const handle: Answer['handle'] = async (event, context) =>
    handler(eventToRequest(event, scope === undefined ? NOBODY : requireScope(event, scope)), context);
  return { route, handle: route.replaced ? withLegacyErrors(handle) : handle };
}

/**
 * The Lambda handler of every route of the topology that `name` handles: router, scopes, checks, problem documents,
 * request log. A route that is not answered, or an answer to a route of another function, throws at start-up.
 */
export function withApi(
  name: Route['handledBy'],
  handlers: readonly Answer[] | Readonly<Record<string, RouteHandler>>,
  options: { log: Log; clock: Clock },
) {
  const own = routes.filter(({ handledBy }) => handledBy === name).map(routeName);
  const answers = isAnswers(handlers)
    ? handlers
    : Object.entries(handlers).map(([each, handler]) => unchecked(each, handler));
  const given = answers.map(({ route }) => routeName(route));
  const unknown = given.filter((each) => !own.includes(each));
  if (unknown.length > 0) throw new RangeError(`no route in the topology for ${unknown.join(', ')}`);
  const missing = own.filter((each) => !given.includes(each));
  if (missing.length > 0) throw new RangeError(`no handler for the route ${missing.join(', ')}`);
  return middy<APIGatewayProxyEvent, APIGatewayProxyResult>()
    .use(apiMiddleware(options))
    .use(httpHeaderNormalizer())
    .handler(
      httpRouter({
        routes: answers.map(({ route: { method, path }, handle }) => ({ method, path, handler: handle })),
        notFoundResponse: ({ method, path }) => {
          throw new InvalidInput('no-such-route', `There is no ${method} ${path.slice(0, 200)}.`, { status: 404 });
        },
      }),
    );
}

function isAnswers(
  handlers: readonly Answer[] | Readonly<Record<string, RouteHandler>>,
): handlers is readonly Answer[] {
  return Array.isArray(handlers);
}
