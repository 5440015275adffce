import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const root = resolve(import.meta.dirname, '../..');
/**
 * What proofs install and build lies here between runs. Not in the repository: CDK follows every link in it when it takes
 * the image's digest, and a Debian has links to all of the machine.
 */
export const proofFolder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'logsieve-proof');

/** Said in one sentence: a tool is not there, a step took too long or went wrong. */
export class ProofFailed extends Error {
  override readonly name = 'ProofFailed';
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly timeoutSeconds: number;
  /** Its output goes to the screen; otherwise it is given back. */
  readonly shown?: boolean;
}

/** Runs a command to its end and gives what it printed. Throws `ProofFailed` with the end of its output. */
export function run(command: string, args: readonly string[], options: RunOptions): string {
  const { cwd = root, env = {}, timeoutSeconds, shown } = options;
  const { status, stdout, stderr, error, signal } = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    timeout: timeoutSeconds * 1_000,
    maxBuffer: 64 * 1024 * 1024,
    stdio: shown ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
  });
  if (status === 0) return stdout ?? '';
  const why = error?.message ?? (signal === null ? `ended with ${status}` : `was ended by ${signal}`);
  throw new ProofFailed(`${command} ${args[0] ?? ''} ${why}\n${`${stdout ?? ''}${stderr ?? ''}`.slice(-2_000)}`);
}

/** Ends the proof with 0 and a line that cannot be missed where one of the commands is not installed. */
export function skipWithout(commands: readonly string[], packages: string): void {
  const missing = commands.filter((command) => spawnSync('which', [command]).status !== 0);
  if (missing.length === 0) return;
  const text = `SKIPPED, nothing was proven: ${missing.join(', ')} not installed (${packages}).`;
  console.log(process.env.GITHUB_ACTIONS === 'true' ? `::warning::${text}` : text);
  process.exit(0);
}

/** Prepares a folder of `proofFolder` once: `make` fills it, and `mark` is the file that tells that it did. */
export function prepareOnce(name: string, mark: string, make: (folder: string) => void): string {
  const folder = join(proofFolder, name);
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(folder, mark))) make(folder);
  return folder;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

export interface Server extends AsyncDisposable {
  readonly address: string;
  /** The end of what it printed. */
  readonly output: () => string;
}

/** Starts a program that answers on a port of loopback, and waits until it does. */
export async function startServer(
  command: string,
  args: readonly string[],
  {
    port,
    cwd = root,
    env = {},
    timeoutSeconds = 240,
  }: Omit<RunOptions, 'timeoutSeconds'> & { port: number; timeoutSeconds?: number },
): Promise<Server> {
  // Into a file: a pipe that nobody reads while we wait for another program would stop the server.
  const file = join(proofFolder, `server-${port}.log`);
  const log = openSync(file, 'w');
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', log, log] });
  closeSync(log);
  const output = () => readFileSync(file, 'utf8').slice(-4_000);
  const closed = new Promise<void>((done) => child.once('close', () => done()));
  const address = `http://127.0.0.1:${port}`;
  const server = {
    address,
    output,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await Promise.race([closed, sleep(5_000).then(() => child.kill('SIGKILL'))]);
      rmSync(file, { force: true });
    },
  };
  const until = Date.now() + timeoutSeconds * 1_000;
  while (!(await answers(address))) {
    if (child.exitCode !== null || Date.now() > until) {
      const said = output();
      await server[Symbol.asyncDispose]();
      throw new ProofFailed(`${command} ${args.join(' ')} does not answer on ${address}\n${said}`);
    }
    await sleep(250);
  }
  return server;
}

/** Any answer will do, also a refusal. */
const answers = (address: string) =>
  fetch(address, { signal: AbortSignal.timeout(2_000) }).then(
    () => true,
    () => false,
  );

/** Runs a proof as a program: its failure is a message and the exit code 1. */
export async function prove(proof: () => Promise<void>): Promise<void> {
  try {
    await proof();
  } catch (error) {
    console.error(error instanceof ProofFailed ? error.message : error);
    process.exitCode = 1;
  }
}
