import type { APIGatewayProxyEvent } from 'aws-lambda';
import { InvalidInput } from '../domain/errors.ts';
import type { ApiReply } from './api-request.ts';
import { matchRoute, methodsOf, withoutTrailingSlash } from './match-path.ts';
import { ProblemError } from './problem-error.ts';
import type { Route } from './route.ts';

/** The resource of the deployed gateway that takes what no route takes. It asks for no key. */
export const CATCH_ALL = '/{proxy+}';

/**
 * The path as the routes have it, whatever stands before it: under a custom domain's base path the event's own path
 * begins with that.
 */
export function routedPath({ resource, pathParameters, path }: APIGatewayProxyEvent): string {
  const template = resource ?? path;
  if (!template.includes('{')) return template;
  const parameters = pathParameters ?? {};
  return template.replace(/\{(\w+)(\+?)\}/g, (_whole, name: string, greedy: string) => {
    const value = parameters[name] ?? '';
    return greedy === '' ? encodeURIComponent(value) : value;
  });
}

/**
 * The deployed gateway may take `/v1/jobs/` for a path of its own, where nobody has looked at the key: the caller is
 * sent to `/v1/jobs`, with method, query and body. Undefined where the request came by its route.
 */
export function slashRedirect(routes: readonly Route[], event: APIGatewayProxyEvent): ApiReply | undefined {
  const path = routedPath(event);
  if (event.resource !== CATCH_ALL || !path.endsWith('/') || path === '/') return undefined;
  if (matchRoute(routes, event.httpMethod, path) === undefined) return undefined;
  const last = withoutTrailingSlash(path).split('/').at(-1) ?? '';
  // Relative, so that it holds under any stage.
  const location = `../${encodeURIComponent(last)}${searchOf(event)}`;
  return { statusCode: 308, headers: { location }, body: '' };
}

/** The query as an address has it, from `?` on: the gateway hands it over decoded. */
function searchOf({ multiValueQueryStringParameters }: APIGatewayProxyEvent): string {
  const search = new URLSearchParams();
  for (const [name, values = []] of Object.entries(multiValueQueryStringParameters ?? {}))
    for (const value of values) search.append(name, value);
  // Not every reader takes a `+` for a blank, all take `%20`; a plus itself is `%2B` here.
  return search.size === 0 ? '' : `?${search.toString().replaceAll('+', '%20')}`;
}

/** What is answered where no route takes a request: 204 to OPTIONS, 405 for another method, 404 with a pointer. */
export function answerUnmatched(routes: readonly Route[], method: string, path: string): ApiReply {
  const methods = methodsOf(routes, path);
  const allow = [...methods, 'OPTIONS'].join(', ');
  if (methods.length > 0 && method === 'OPTIONS') return { statusCode: 204, headers: { allow }, body: '' };
  if (methods.length > 0) {
    throw new ProblemError('method-not-allowed', `This path takes ${allow}.`, { status: 405, headers: { allow } });
  }
  const version = /^\/(?:api\/)?v(\d{1,9})(?:\/|$)/.exec(path)?.[1];
  if (version !== undefined && version !== '1') {
    const detail = `There is no version ${version}. The API is below /v1, described in /openapi.json.`;
    throw new InvalidInput('unknown-version', detail, { status: 404 });
  }
  const detail = `There is no ${method.slice(0, 20)} ${path.slice(0, 200)}. What there is, /openapi.json says.`;
  throw new InvalidInput('no-such-route', detail, { status: 404 });
}
