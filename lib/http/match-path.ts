import type { Route } from './route.ts';

type Routed = Pick<Route, 'method' | 'path'>;

/** A path without the slash at its end; `/` stays. */
export const withoutTrailingSlash = (path: string): string =>
  path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;

/** The route of a request, and the parameters of its path, decoded. A trailing slash is accepted. */
export function matchRoute<Of extends Routed>(
  routes: readonly Of[],
  method: string,
  path: string,
): { route: Of; pathParameters: Record<string, string> } | undefined {
  const segments = withoutTrailingSlash(path).split('/');
  for (const route of routes) {
    if (route.method !== method) continue;
    const pathParameters = matchSegments(route.path.split('/'), segments);
    if (pathParameters !== undefined) return { route, pathParameters };
  }
  return undefined;
}

/** The methods that a path takes; none where there is no such path. */
export function methodsOf(routes: readonly Routed[], path: string): readonly string[] {
  const segments = withoutTrailingSlash(path).split('/');
  return routes
    .filter((route) => matchSegments(route.path.split('/'), segments) !== undefined)
    .map(({ method }) => method);
}

function matchSegments(wanted: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  if (wanted.length !== segments.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, want] of wanted.entries()) {
    const segment = segments[index] ?? '';
    const name = /^\{(\w+)\}$/.exec(want)?.[1];
    if (name === undefined && want !== segment) return undefined;
    if (name === undefined) continue;
    const value = decode(segment);
    if (value === undefined || value === '') return undefined;
    parameters[name] = value;
  }
  return parameters;
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
