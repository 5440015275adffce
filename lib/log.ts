import { LogsieveError } from './domain/errors.ts';
import type { Clock, Log } from './ports.ts';

/** One JSON object a line. Fields are scalars by type, so that no record, body or error object slips in. */
export function createLog(options: {
  write: (line: string) => void;
  clock: Clock;
  fields?: Readonly<Record<string, string>>;
}): Log {
  return (level, event, fields = {}) =>
    options.write(
      JSON.stringify({ time: options.clock.now().toISOString(), level, event, ...options.fields, ...fields }),
    );
}

const MESSAGE_CHARS = 200;
const PLACES = 5;

/**
 * What our log says of an error: our own words, a service's words about its cause, places in the code. The message of
 * any other error may repeat a customer's line (`JSON.parse` quotes its input), as may its copy at the stack's head.
 */
export function errorToFields(error: unknown): Readonly<Record<string, string | undefined>> {
  const known = error instanceof LogsieveError ? error : undefined;
  return {
    error: error instanceof Error ? error.name : typeof error,
    code: known?.code,
    message: known?.kind === 'invalid' ? undefined : known?.message.slice(0, MESSAGE_CHARS),
    cause: known?.cause instanceof Error ? causeToText(known.cause) : undefined,
    stack: error instanceof Error ? placesOf(error) : undefined,
  };
}

/** AWS's errors carry `$metadata`, the operating system's a `syscall`. */
function causeToText(cause: Error): string {
  const isService = '$metadata' in cause || 'syscall' in cause;
  return (isService ? `${cause.name}: ${cause.message}` : cause.name).slice(0, MESSAGE_CHARS);
}

function placesOf({ stack = '', message }: Error): string | undefined {
  const head = stack.indexOf(message);
  if (head < 0) return undefined;
  const lines = stack.slice(head + message.length).split('\n');
  const places = lines.map((line) => line.trim()).filter((line) => line.startsWith('at '));
  return places.slice(0, PLACES).join(' | ');
}
