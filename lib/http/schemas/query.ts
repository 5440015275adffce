import * as z from 'zod';
import { LIMITS } from '../../domain/limits.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

/** How the OpenAPI file is to describe a schema whose JSON Schema would say less: a number that comes as text, a file. */
export const describedAs = z.registry<{ readonly schema: JsonSchema }>();

/** Digits only: `Number('')` is 0, which nobody means who leaves a parameter empty. */
const digits = (expected: string) =>
  z
    .string()
    .regex(/^\d{1,9}(\.\d{1,20})?$/, expected)
    .transform(Number);

/** A whole number from `minimum` to `maximum`, in a query. */
export function queryInteger(minimum: number, maximum: number, description: string) {
  const expected = `must be a whole number from ${minimum} to ${maximum}`;
  const schema = digits(expected).pipe(z.int(expected).min(minimum, expected).max(maximum, expected));
  return schema.register(describedAs, { schema: { type: 'integer', minimum, maximum, description } });
}

/** A number from 0 to 1, in a query. */
export function queryProbability(description: string) {
  const expected = 'must be a number from 0 to 1';
  const schema = digits(expected).pipe(z.number().min(0, expected).max(1, expected));
  return schema.register(describedAs, { schema: { type: 'number', minimum: 0, maximum: 1, description } });
}

/** `true` or `false`, in a query. */
export function queryFlag(description: string) {
  const schema = z.enum(['true', 'false']).transform((value) => value === 'true');
  return schema.register(describedAs, { schema: { type: 'boolean', description } });
}

/** `limit` and `cursor` of everything that comes in pages. */
export const pageQuery = {
  limit: queryInteger(1, LIMITS.listItems, 'At most so many in one answer.').default(LIMITS.listItems),
  cursor: z.string().max(2048).optional().describe('The `cursor` of the answer before; opaque.'),
};

/** Text that a schema makes something else of, in a query. */
export function queryText<Schema extends z.ZodType>(schema: Schema, description: string): Schema {
  describedAs.add(schema, { schema: { type: 'string', description } });
  return schema;
}
