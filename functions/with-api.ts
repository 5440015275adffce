import middy from '@middy/core';
import httpHeaderNormalizer from '@middy/http-header-normalizer';
import httpRouter from '@middy/http-router';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { routes } from '../infra/topology.ts';
import { InvalidInput } from '../lib/domain/errors.ts';
import { apiMiddleware } from '../lib/http/api-middleware.ts';
import { type ApiReply, type ApiRequest, type Caller, eventToRequest, requireScope } from '../lib/http/api-request.ts';
import type { Clock, Log } from '../lib/ports.ts';

export type RouteHandler = (request: ApiRequest, context: Context) => Promise<ApiReply> | ApiReply;

const NOBODY: Caller = { tenant: '', keyId: '', scopes: [] };

/**
 * The Lambda handler of every route of the topology that `name` handles: router, scopes, problem documents, request log.
 * A route without a handler, or a handler without a route, throws at start-up.
 */
export function withApi(
  name: 'api' | 'classify-http',
  handlers: Readonly<Record<string, RouteHandler>>,
  options: { log: Log; clock: Clock },
) {
  const own = routes.filter(({ handledBy }) => handledBy === name);
  const unknown = Object.keys(handlers).filter((key) => !own.some(({ method, path }) => key === `${method} ${path}`));
  if (unknown.length > 0) throw new RangeError(`no route in the topology for ${unknown.join(', ')}`);
  const table = own.map(({ method, path, scope }) => {
    const handle = handlers[`${method} ${path}`];
    if (handle === undefined) throw new RangeError(`no handler for the route ${method} ${path}`);
    return {
      method,
      path,
      handler: async (event: APIGatewayProxyEvent, context: Context) =>
        handle(eventToRequest(event, scope === undefined ? NOBODY : requireScope(event, scope)), context),
    };
  });
  return middy<APIGatewayProxyEvent, APIGatewayProxyResult>()
    .use(apiMiddleware(options))
    .use(httpHeaderNormalizer())
    .handler(
      httpRouter({
        routes: table,
        notFoundResponse: ({ method, path }) => {
          throw new InvalidInput('no-such-route', `There is no ${method} ${path.slice(0, 200)}.`, { status: 404 });
        },
      }),
    );
}
