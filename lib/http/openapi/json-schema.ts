import * as z from 'zod';
import { describedAs } from '../schemas/query.ts';

type JsonSchema = z.core.JSONSchema.BaseSchema;
export type JsonObject = Readonly<Record<string, unknown>>;

/** Schemas with an id, under `#/components/schemas`. */
export interface Components {
  readonly schemas: Map<string, JsonObject>;
}

/**
 * A zod schema as JSON Schema 2020-12, which OpenAPI 3.1 speaks. What has an id (`meta`) becomes a component.
 * `input`: what may be sent; `output`: what is answered.
 */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output', components: Components): JsonObject {
  const made = z.toJSONSchema(schema, { io, unrepresentable: 'any', override: useDescription });
  const { $defs = {}, $schema: _schema, '~standard': _standard, ...own } = made as JsonObject & { $defs?: JsonObject };
  for (const [name, definition] of Object.entries($defs)) addComponent(components, name, definition);
  const name = z.globalRegistry.get(schema)?.id;
  if (name === undefined) return referring(own);
  // Zod writes a schema with an id as itself, or as a reference into its own definitions.
  if (!('$ref' in own)) addComponent(components, name, own);
  return { $ref: `#/components/schemas/${name}` };
}

function useDescription({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: JsonSchema }): void {
  const described = describedAs.get(zodSchema);
  // Not every reader of patterns knows Unicode's classes.
  const { pattern } = jsonSchema;
  if (pattern !== undefined) jsonSchema.pattern = pattern.replaceAll('\\p{Cc}', '\\u0000-\\u001f\\u007f-\\u009f');
  if (described === undefined) return;
  for (const key of Object.keys(jsonSchema)) Reflect.deleteProperty(jsonSchema, key);
  Object.assign(jsonSchema, described.schema);
}

function addComponent({ schemas }: Components, name: string, definition: unknown): void {
  const { id: _id, ...rest } = referring(definition);
  schemas.set(name, rest);
}

/** The same with references to `$defs` pointing to the components. */
function referring(value: unknown): JsonObject {
  const text = JSON.stringify(value).replaceAll('"#/$defs/', '"#/components/schemas/');
  return JSON.parse(text);
}
