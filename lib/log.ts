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
