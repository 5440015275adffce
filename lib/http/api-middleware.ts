import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { OverQuota, rateLimitHeaders } from '../access/over-quota.ts';
import { errorToFields } from '../log.ts';
import type { Clock, Log } from '../ports.ts';
import { errorToProblem, PROBLEM_MEDIA_TYPE } from './problem.ts';
import { ProblemError } from './problem-error.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

/** The one place where an error becomes a response and a request becomes a log line (never its body, key or lines). */
export function apiMiddleware(options: {
  log: Log;
  clock: Clock;
  /** The template of the route that a request is for, never its path. */
  routeOf: (event: APIGatewayProxyEvent) => string;
}): MiddlewareObj<APIGatewayProxyEvent, APIGatewayProxyResult> {
  const startedAt = new WeakMap<APIGatewayProxyEvent, number>();
  const finish = (event: APIGatewayProxyEvent, response: APIGatewayProxyResult) => {
    const { requestId } = event.requestContext;
    options.log('info', 'request', {
      requestId,
      tenant: tenantOf(event),
      route: options.routeOf(event),
      status: response.statusCode,
      ms: options.clock.now().getTime() - (startedAt.get(event) ?? options.clock.now().getTime()),
    });
    return { ...response, headers: { ...SECURITY_HEADERS, 'x-request-id': requestId, ...response.headers } };
  };
  return {
    before: ({ event }) => {
      startedAt.set(event, options.clock.now().getTime());
    },
    after: (request) => {
      if (request.response) request.response = finish(request.event, request.response);
    },
    onError: (request) => {
      const problem = errorToProblem(request.error, request.event.requestContext.requestId);
      if (problem.status >= 500)
        options.log('error', 'fault', { requestId: problem.requestId, ...errorToFields(request.error) });
      request.response = finish(request.event, {
        statusCode: problem.status,
        headers: {
          'content-type': PROBLEM_MEDIA_TYPE,
          ...waitingHeaders(request.error, problem.status),
          ...(request.error instanceof ProblemError ? request.error.headers : {}),
        },
        body: JSON.stringify(problem),
      });
    },
  };
}

/** When to come again, where that would help. */
function waitingHeaders(error: unknown, status: number): Record<string, string> {
  if (error instanceof OverQuota)
    return { 'retry-after': String(error.standing.resetSeconds), ...rateLimitHeaders([error.standing]) };
  return status === 503 ? { 'retry-after': '5' } : {};
}

function tenantOf(event: APIGatewayProxyEvent): string | undefined {
  const tenant: unknown = event.requestContext.authorizer?.tenant;
  return typeof tenant === 'string' ? tenant : undefined;
}
