import * as z from 'zod';
import { LIMITS } from '../../domain/limits.ts';
import type { HeaderDescription, MediaDescription, Reply, Route } from '../route.ts';
import { legacyProblemSchema, problemSchema } from '../schemas/problem.ts';
import { type Components, type JsonObject, jsonSchemaOf } from './json-schema.ts';

/** What every answer carries. */
const everyReply: Readonly<Record<string, HeaderDescription>> = {
  'X-Request-Id': { description: 'Also in every problem document and in the service’s log.' },
};
const retryAfter: Readonly<Record<string, HeaderDescription>> = {
  'Retry-After': { description: 'Seconds.', pattern: '^[0-9]+$' },
};

/** Responses of a route by status: its own, and the problems that it can end in. */
export function responsesOf(route: Route, components: Components): JsonObject {
  const own = Object.entries(route.replies).map(([status, reply]) => [status, replyToResponse(reply, components)]);
  const problems = Object.entries(problemsOf(route)).map(([status, description]) => [
    status,
    problemToResponse(Number(status), description, route, components),
  ]);
  return Object.fromEntries([...problems, ...own]);
}

/** What can go wrong with any route of its kind, by status. */
export function problemsOf(route: Route): Readonly<Record<number, string>> {
  const { scope, params, body, problems } = route;
  return {
    ...invalidProblems(route),
    ...(scope === undefined ? none : keyProblems(scope)),
    ...(params === undefined ? none : { 404: 'There is nothing at this address.' }),
    ...(body === undefined ? none : bodyProblems(body.limits.wireBytes, body.limits.inflatedBytes)),
    429: 'Too many requests, or over the day’s quota.',
    431: 'The address and the headers are too large.',
    500: 'Something failed on our side.',
    502: 'The function failed or gave no answer that could be passed on.',
    503: 'A part of the service is busy.',
    504: 'There was no answer in time.',
    ...problems,
  };
}

function invalidProblems({ replaced, query, body }: Route): Readonly<Record<number, string>> {
  if (!replaced) return { 400: 'The request is not as expected; every issue has its path.' };
  const ofGateway = { 400: 'The gateway could not read the request.' };
  return query || body ? { ...ofGateway, 422: 'The request is not as expected.' } : ofGateway;
}

const none: Readonly<Record<number, string>> = {};

function keyProblems(scope: string): Readonly<Record<number, string>> {
  return {
    401: 'No API key.',
    403: `The key is unknown, revoked, or lacks the scope \`${scope}\`; or a firewall refused the address.`,
  };
}

function bodyProblems(wireBytes: number, inflatedBytes: number): Readonly<Record<number, string>> {
  return {
    413: `Over ${wireBytes} bytes on the wire or ${inflatedBytes} inflated (a record: ${LIMITS.recordBytes}).`,
    415: 'A Content-Encoding other than gzip.',
  };
}

function replyToResponse({ description, json, media, headers }: Reply, components: Components): JsonObject {
  const content = {
    ...(json === undefined ? {} : { 'application/json': { schema: jsonSchemaOf(json, 'output', components) } }),
    ...mediaContent(media, 'output', components),
  };
  return { description, headers: headersOf({ ...everyReply, ...headers }), content };
}

/** Media types with their schemas; one without a schema is text. */
export function mediaContent(
  media: Readonly<Record<string, MediaDescription>> = {},
  io: 'input' | 'output',
  components: Components,
): JsonObject {
  const entries = Object.entries(media).map(([type, { description, schema, example }]) => {
    // Of text that is sent a schema can say nothing: any bytes are some text.
    const text = io === 'input' ? {} : { type: 'string' };
    const made = schema === undefined ? text : toSchema(schema, io, components);
    return [type, { schema: description === undefined ? made : { ...made, description }, example }];
  });
  return Object.fromEntries(entries);
}

function toSchema(schema: NonNullable<MediaDescription['schema']>, io: 'input' | 'output', components: Components) {
  return schema instanceof z.ZodType ? jsonSchemaOf(schema, io, components) : schema;
}

function problemToResponse(status: number, description: string, route: Route, components: Components): JsonObject {
  const schema = route.replaced && status === 422 ? legacyProblemSchema : problemSchema;
  return {
    description,
    headers: headersOf(status === 429 || status === 503 ? { ...everyReply, ...retryAfter } : everyReply),
    content: { 'application/problem+json': { schema: jsonSchemaOf(schema, 'output', components) } },
  };
}

function headersOf(headers: Readonly<Record<string, HeaderDescription>>): JsonObject {
  const entries = Object.entries(headers).map(([name, { description, pattern, example }]) => [
    name,
    { description, schema: { type: 'string', pattern }, example },
  ]);
  return Object.fromEntries(entries);
}
