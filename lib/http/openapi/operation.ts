import type * as z from 'zod';
import type { Example, Route } from '../route.ts';
import { type Components, type JsonObject, jsonSchemaOf } from './json-schema.ts';
import { mediaContent, responsesOf } from './responses.ts';

/** A route as an OpenAPI operation. */
export function operationOf(route: Route, components: Components): JsonObject {
  return {
    operationId: route.id,
    tags: [route.tag],
    summary: route.summary,
    description: [route.description, scopeText(route)].filter(Boolean).join('\n\n'),
    security: route.scope === undefined ? [] : [{ key: [] }],
    parameters: [
      ...parametersOf('path', route.params, route, components),
      ...parametersOf('query', route.query, route, components),
      ...headerParameters(route),
    ],
    ...(route.body === undefined ? {} : { requestBody: requestBodyOf(route, components) }),
    responses: responsesOf(route, components),
  };
}

function scopeText({ scope }: Route): string {
  return scope === undefined ? 'Open to all.' : `Needs a key with the scope \`${scope}\`.`;
}

function parametersOf(
  place: 'path' | 'query',
  schema: z.ZodObject | undefined,
  route: Route,
  components: Components,
): readonly JsonObject[] {
  return Object.entries(schema?.shape ?? {}).map(([name, field]) => {
    const { description, ...made } = jsonSchemaOf(field, 'input', components);
    return {
      name,
      in: place,
      required: place === 'path' || !field.safeParse(undefined).success,
      description,
      schema: made,
      ...examplesOf(route, ({ params, query }) => typedAs(made, (place === 'path' ? params : query)?.[name])),
    };
  });
}

/** A parameter's text as the value that its schema describes. */
function typedAs({ type }: JsonObject, text: string | undefined): unknown {
  if (text === undefined || (type !== 'integer' && type !== 'number' && type !== 'boolean')) return text;
  return JSON.parse(text);
}

function headerParameters({ headers = {} }: Route): readonly JsonObject[] {
  return Object.entries(headers).map(([name, { description, pattern, example }]) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string', pattern },
    example,
  }));
}

function requestBodyOf(route: Route, components: Components): JsonObject {
  const { json, media, optional } = route.body ?? {};
  const content = {
    ...(json === undefined ? {} : { 'application/json': { schema: jsonSchemaOf(json, 'input', components) } }),
    ...mediaContent(media, 'input', components),
  };
  const types = Object.entries(content).map(([type, described]) => {
    const examples = examplesOf(route, ({ body, media: sent = 'application/json' }) =>
      sent === type ? body : undefined,
    );
    return [type, 'examples' in examples ? { ...described, example: undefined, ...examples } : described];
  });
  return { required: optional !== true, content: Object.fromEntries(types) };
}

function examplesOf({ examples = [] }: Route, sentBy: (example: Example) => unknown): JsonObject {
  const having = examples.filter((example) => sentBy(example) !== undefined);
  const entries = having.map((example) => [example.name, { summary: example.summary, value: sentBy(example) }]);
  return entries.length === 0 ? {} : { examples: Object.fromEntries(entries) };
}
