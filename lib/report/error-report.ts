import { createHash } from 'node:crypto';
import * as z from 'zod';

/** An error of one of our functions, as it is told to others. */
export interface ErrorReport {
  /** The same for the same line, however often it is delivered: 32 hex digits. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly function: string;
  /** What happened, in our own words: the event's name, or Lambda's about a call that it ended. */
  readonly title: string;
  readonly fields: Readonly<Record<string, string | number | boolean>>;
}

const lineSchema = z.looseObject({ level: z.literal('error'), event: z.string() });

/**
 * What Lambda writes of a call that it ended, and of what a handler threw (`errorType`). The rest of such a line may
 * repeat a customer's, so only this is passed on.
 */
export const ENDED_BADLY = [
  'Task timed out',
  'Runtime exited',
  'Runtime.ExitError',
  'Runtime.OutOfMemory',
  '"errorType"',
] as const;

/** The error that a log line tells of; undefined for one that tells of none. Our own lines hold no customer's text (lib/log.ts). */
export function lineToReport(
  line: { id: string; timestamp: number; message: string },
  from: string,
): ErrorReport | undefined {
  const common = {
    id: createHash('sha256').update(`${from} ${line.id}`).digest('hex').slice(0, 32),
    at: line.timestamp,
    function: from,
  };
  const ours = lineSchema.safeParse(parseJson(line.message));
  if (ours.success) {
    const { level: _level, event, ...fields } = ours.data;
    return { ...common, title: event, fields: scalars(fields) };
  }
  const ending = ENDED_BADLY.find((text) => line.message.includes(text));
  return ending === undefined
    ? undefined
    : { ...common, title: ending === '"errorType"' ? UNCAUGHT : ending, fields: {} };
}

const UNCAUGHT = 'the handler threw';

function scalars(fields: Readonly<Record<string, unknown>>): ErrorReport['fields'] {
  const kept: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') kept[name] = value;
  }
  return kept;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
