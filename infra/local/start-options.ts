import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { parseArgs, parseEnv } from 'node:util';

/** Said to the user in one sentence; the program ends with 1. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface StartOptions {
  /** The user's own file; absent, the sample is read. */
  readonly file?: string;
  readonly state: string;
  readonly port: number;
  /** The address to listen on; absent, loopback. */
  readonly host?: string;
  /** End when the file is done. */
  readonly once: boolean;
}

export const usage = `npm start [-- [FILE] [options]]

  FILE            a .csv, .tsv, .ndjson or .log file, also .gz; without one a sample is read
  --state FOLDER  where everything is kept (default .logsieve)
  --port N        the API's port (default 8000); S3 and the other services take the next one
  --host 0.0.0.0  for containers only, whose ports are published on loopback (compose.yaml)
  --once          end when the file is done: 0 when all of it was read (rows that were
                  rejected are counted and told), 1 when not`;

/** Loopback, or every address of a container. A name would listen wherever it happens to point. */
const hosts: readonly string[] = ['127.0.0.1', '0.0.0.0'];
const suffixes = ['.csv', '.tsv', '.ndjson', '.log'].flatMap((suffix) => [suffix, `${suffix}.gz`]);

/** Reads the command line; throws UsageError. `help` where that was asked for. */
export function readStartOptions(args: readonly string[]): StartOptions | 'help' {
  const { values, positionals } = parse(args);
  if (values.help) return 'help';
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_534) {
    throw new UsageError(`--port ${values.port} is no port: a whole number from 0 to 65534.`);
  }
  if (values.state.trim() === '') throw new UsageError('--state wants the name of a folder.');
  if (values.host !== undefined && !hosts.includes(values.host)) {
    throw new UsageError(`--host ${values.host}: it is ${hosts.join(' or ')}.`);
  }
  if (positionals.length > 1) throw new UsageError(`One file at a time: ${positionals.join(', ')}.`);
  const [file] = positionals;
  if (file !== undefined) checkFile(file);
  return { file: file && resolve(file), state: resolve(values.state), port, host: values.host, once: values.once };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        state: { type: 'string', default: '.logsieve' },
        port: { type: 'string', default: '8000' },
        host: { type: 'string' },
        once: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : 'Bad arguments.'}\n\n${usage}`);
  }
}

function checkFile(file: string): void {
  if (!suffixes.some((suffix) => file.toLowerCase().endsWith(suffix))) {
    throw new UsageError(
      `${file} is not read: its name ends in ${extname(file) || 'nothing'}, not in ${suffixes.join(', ')}.`,
    );
  }
  checkReadable(file);
}

/** Throws UsageError for what is not there, is no file, or may not be read. */
export function checkReadable(file: string): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) throw new UsageError(`There is no file ${file}.`);
  if (!found.isFile()) throw new UsageError(`${file} is no file.`);
  try {
    accessSync(file, constants.R_OK);
  } catch {
    throw new UsageError(`${file} may not be read by this user.`);
  }
}

/** The environment, and below it what a `.env` beside package.json says. */
export function readEnvironment(envFile: string): NodeJS.ProcessEnv {
  let text = '';
  try {
    text = readFileSync(envFile, 'utf8');
  } catch {
    // There need not be one.
  }
  return { ...parseEnv(text), ...process.env };
}
