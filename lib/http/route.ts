import type * as z from 'zod';
import type { BodyLimits } from './read-body.ts';

export type Scope = 'ingest' | 'read' | 'admin';
export type Tag = 'Now' | 'Jobs' | 'Settings' | 'Service' | 'Replaced programs';

/**
 * A route, said once: routing, validation, the OpenAPI file, the laptop's gateway and the deployed one are made from it.
 *
 * To add one: an entry by `defineRoute` in a file of `lib/http/routes`, its place in `lib/http/route-table.ts`, and in
 * the function that handles it `answer(theRoute, async ({ query, params, body, caller }) => jsonReply(200, …))` in the
 * list given to `withApi`. What the entry has no schema for is refused or not read; what the handler throws as
 * `InvalidInput` becomes a problem document. Every example of an entry is executed by test/functions/examples.test.ts.
 */
export interface Route {
  /** Its operationId, camelCase. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** API Gateway's syntax; a trailing slash is accepted everywhere. */
  readonly path: string;
  readonly handledBy: 'api' | 'classify-http';
  /** Absent: open to all. */
  readonly scope?: Scope;
  readonly tag: Tag;
  /** A few words, and more in Markdown. */
  readonly summary: string;
  readonly description?: string;
  /** One of a replaced program's, kept for good: validation is 422 with FastAPI's `detail`, unknown query parameters are ignored. */
  readonly replaced?: true;
  /** Parameters of the path; one that does not fit is a 404 as `missing` says. */
  readonly params?: z.ZodObject;
  readonly missing?: { readonly code: string; readonly detail: string };
  /** Absent: any query parameter is refused. */
  readonly query?: z.ZodObject;
  /** Request headers to tell of, by name; the handler reads them. */
  readonly headers?: Readonly<Record<string, HeaderDescription>>;
  readonly body?: RouteBody;
  readonly replies: Readonly<Record<number, Reply>>;
  /** Statuses of problem documents beyond those that every such route has (`commonProblems`). */
  readonly problems?: Readonly<Record<number, string>>;
  readonly examples?: readonly Example[];
}

export interface HeaderDescription {
  readonly description: string;
  readonly pattern?: string;
  readonly example?: string;
}

export interface RouteBody {
  readonly limits: BodyLimits;
  /** Parsed and checked before the handler is called. Absent: the handler gets bytes, of one of `media`. */
  readonly json?: z.ZodType;
  readonly media?: Readonly<Record<string, MediaDescription>>;
  /** The handler is called without a body too. */
  readonly optional?: true;
}

export interface MediaDescription {
  readonly description?: string;
  /** Absent: text. */
  readonly schema?: z.ZodType | Readonly<Record<string, unknown>>;
  readonly example?: unknown;
}

export interface Reply {
  readonly description: string;
  readonly json?: z.ZodType;
  readonly media?: Readonly<Record<string, MediaDescription>>;
  readonly headers?: Readonly<Record<string, HeaderDescription>>;
}

/** A request and the status that it is answered with; a test makes it. Path parameters are those of test/functions/examples.test.ts. */
export interface Example {
  /** camelCase, unique in its route. */
  readonly name: string;
  readonly summary: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, or the text of another medium. */
  readonly body?: unknown;
  readonly media?: string;
  readonly status: number;
}

/** The route as it is, with the types of its schemas kept. */
export function defineRoute<const Defined extends Route>(route: Defined): Defined {
  return route;
}

export const routeName = ({ method, path }: Pick<Route, 'method' | 'path'>): string => `${method} ${path}`;
