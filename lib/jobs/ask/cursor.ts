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

const cursorSchema = z.tuple([z.string(), z.int(), z.int(), z.int(), z.int()]);

/**
 * Opaque to its user, and good only for the same tenant, job and question. It is not signed and need not be: it holds a
 * place, never whose it is. Tenant and job are always those of the request, so that whoever makes one up reads no more
 * than another page of what is theirs.
 */
export function positionToCursor({ segment, chunk, page, rows }: Position, asked: readonly string[]): string {
  return Buffer.from(JSON.stringify([digest(asked), segment, chunk, page, rows])).toString('base64url');
}

/** Throws `InvalidInput('cursor')` for one that is not ours or was given for another question. */
export function cursorToPosition(cursor: string, asked: readonly string[]): Position {
  const parsed = cursorSchema.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString('utf8')));
  if (!parsed.success) throw new InvalidInput('cursor', 'the cursor is not one of ours');
  const [bound, segment, chunk, page, rows] = parsed.data;
  if (bound !== digest(asked)) throw new InvalidInput('cursor', 'the cursor was given for another question');
  return { segment, chunk, page, rows };
}

const startSchema = z.tuple([z.string(), z.int().min(0)]);

/** The same of a list that is whole in memory: how many of it were shown. */
export function startToCursor(start: number, asked: readonly string[]): string {
  return Buffer.from(JSON.stringify([digest(asked), start])).toString('base64url');
}

/** Throws `InvalidInput('cursor')` as `cursorToPosition`. */
export function cursorToStart(cursor: string, asked: readonly string[]): number {
  const parsed = startSchema.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString('utf8')));
  if (!parsed.success) throw new InvalidInput('cursor', 'the cursor is not one of ours');
  const [bound, start] = parsed.data;
  if (bound !== digest(asked)) throw new InvalidInput('cursor', 'the cursor was given for another question');
  return start;
}

function digest(asked: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(asked)).digest('base64url').slice(0, 16);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
