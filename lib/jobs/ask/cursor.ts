import { createHash } from 'node:crypto';
import * as z from 'zod';
import { InvalidInput } from '../../domain/errors.ts';

/** Where a walk through a job's rows stopped: the last row shown. */
export interface Position {
  readonly segment: number;
  readonly chunk: number;
  readonly page: number;
  /** Rows of the page that were passed. */
  readonly rows: number;
}

const ordinalSchema = z.int().min(0);
const positionSchema = z.tuple([ordinalSchema, ordinalSchema, ordinalSchema, ordinalSchema]);
const startSchema = z.tuple([ordinalSchema]);
const placeSchema = z.tuple([z.string()]);

/** Of a walk through rows. Throws `InvalidInput('cursor')` on its way back for one that is not ours or was given for another question. */
export const positionCursor = {
  write: ({ segment, chunk, page, rows }: Position, asked: readonly string[]): string =>
    writeCursor([segment, chunk, page, rows], asked),
  read: (cursor: string, asked: readonly string[]): Position => {
    const [segment, chunk, page, rows] = readCursor(cursor, asked, positionSchema);
    return { segment, chunk, page, rows };
  },
};

/** The same of a list that is whole in memory: how many of it were shown. */
export const startCursor = {
  write: (start: number, asked: readonly string[]): string => writeCursor([start], asked),
  read: (cursor: string, asked: readonly string[]): number => readCursor(cursor, asked, startSchema)[0],
};

/** The same of a list whose store has a cursor of its own. */
export const placeCursor = {
  write: (place: string, asked: readonly string[]): string => writeCursor([place], asked),
  read: (cursor: string, asked: readonly string[]): string => readCursor(cursor, asked, placeSchema)[0],
};

/**
 * Opaque to its user, and good only for the same tenant and question. It is not signed and need not be: it holds a place,
 * never whose it is. Tenant and job are always those of the request, so that whoever makes one up reads no more than
 * another page of what is theirs.
 */
function writeCursor(place: readonly (string | number)[], asked: readonly string[]): string {
  return Buffer.from(JSON.stringify([digest(asked), ...place])).toString('base64url');
}

function readCursor<Schema extends z.ZodType>(
  cursor: string,
  asked: readonly string[],
  schema: Schema,
): z.output<Schema> {
  const [bound, ...rest] = z.array(z.unknown()).catch([]).parse(parseJson(cursor));
  const place = schema.safeParse(rest);
  if (!place.success) throw new InvalidInput('cursor', 'the cursor is not one of ours');
  if (bound !== digest(asked)) throw new InvalidInput('cursor', 'the cursor was given for another question');
  return place.data;
}

function digest(asked: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(asked)).digest('base64url').slice(0, 16);
}

function parseJson(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
