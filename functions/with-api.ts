import middy from '@middy/core';
import httpHeaderNormalizer from '@middy/http-header-normalizer';
import httpRouter from '@middy/http-router';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { routes } from '../infra/topology.ts';
import { apiMiddleware } from '../lib/http/api-middleware.ts';
import type { ApiReply } from '../lib/http/api-request.ts';
import { type Asked, askedOf } from '../lib/http/asked.ts';
import { asLegacyError } from '../lib/http/legacy-validation.ts';
import { matchRoute } from '../lib/http/match-path.ts';
import { framed, type MeterPorts, metered } from '../lib/http/metered.ts';
import { type Route, routeName } from '../lib/http/route.ts';
import { routeTable } from '../lib/http/route-table.ts';
import { answerUnmatched, routedPath, slashRedirect } from '../lib/http/unmatched.ts';
import type { Clock, Log } from '../lib/ports.ts';
import { openPorts } from './ports.ts';

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

/**
 * The Lambda handler of every route of the topology that `name` handles: router, scopes, checks, problem documents,
 * request log. A route that is not answered, or an answer to a route of another function, throws at start-up.
 */
export function withApi(name: Route['handledBy'], answers: readonly Answer[], options: { log: Log; clock: Clock }) {
  const own = routes.filter(({ handledBy }) => handledBy === name).map(routeName);
  const given = answers.map(({ route }) => routeName(route));
  const unknown = given.filter((each) => !own.includes(each));
  if (unknown.length > 0) throw new RangeError(`no route in the topology for ${unknown.join(', ')}`);
  const missing = own.filter((each) => !given.includes(each));
  if (missing.length > 0) throw new RangeError(`no handler for the route ${missing.join(', ')}`);
  const route = httpRouter({
    routes: answers.map(({ route: each, handle }) => ({
      method: each.method,
      path: each.path,
      handler: metered(each, handle, meterPorts),
    })),
    notFoundResponse: ({ method, path }) => answerUnmatched(routeTable, method, path),
  });
  const inner = middy<APIGatewayProxyEvent, APIGatewayProxyResult>()
    .use(apiMiddleware({ ...options, routeOf }))
    .use(httpHeaderNormalizer())
    .handler(
      async (event: APIGatewayProxyEvent, context: Context) =>
        slashRedirect(routeTable, event) ?? route({ ...event, path: routedPath(event) }, context),
    );
  return framed(async (event, context) => inner(event, context), { open: meterPorts, routeOf, clock: options.clock });
}

function meterPorts(): MeterPorts {
  const { quota, telemetry, config } = openPorts();
  return { quota, telemetry, corsOrigins: config.CORS_ORIGINS };
}

/** `GET /v1/jobs/{id}`, for our log: a path may hold anything. */
function routeOf(event: APIGatewayProxyEvent): string {
  const matched = matchRoute(routeTable, event.httpMethod, routedPath(event));
  return matched === undefined ? 'unmatched' : routeName(matched.route);
}
