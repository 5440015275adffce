import { accessSync, constants, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Thrown where another running stack uses the folder; `pid` where it has said its own. */
export class StateInUse extends Error {
  readonly pid: number | undefined;
  constructor(folder: string, pid: number | undefined) {
    const who = pid === undefined ? '' : ` (process ${pid})`;
    super(`The state folder ${folder} is in use by another logsieve${who}.`);
    this.name = 'StateInUse';
    this.pid = pid;
  }
}

/** Thrown where the folder cannot be made or written to. */
export class StateUnusable extends Error {
  constructor(folder: string, why: string, options: { cause: unknown }) {
    super(`The state folder ${folder} cannot be used: ${why}. Choose another one with --state.`, options);
    this.name = 'StateUnusable';
  }
}

/**
 * Makes the folder where there is none and takes it for this process. Answers how to let go. The lock is the operating
 * system's, on a file that SQLite holds: it ends with its process, however that ends, and cannot be taken for held
 * because another program has got the process id since. Throws StateInUse and StateUnusable.
 */
export function lockState(folder: string): () => void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // SQLite would only say that it could not open its file.
    accessSync(folder, constants.W_OK | constants.X_OK);
    return lock(folder);
  } catch (cause) {
    if (cause instanceof StateInUse) throw cause;
    throw new StateUnusable(folder, whyNot(folder, cause), { cause });
  }
}

function lock(folder: string): () => void {
  const pidFile = join(folder, 'pid');
  const database = new DatabaseSync(join(folder, 'lock'), { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
    writeFileSync(pidFile, String(process.pid), { mode: 0o600 });
  } catch (error) {
    database.close();
    throw isBusy(error) ? new StateInUse(folder, pidIn(pidFile)) : error;
  }
  return () => {
    rmSync(pidFile, { force: true });
    if (database.isOpen) database.close();
  };
}

/** SQLITE_BUSY (https://sqlite.org/rescode.html). */
const isBusy = (error: unknown) => error instanceof Error && 'errcode' in error && error.errcode === 5;

function pidIn(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined;
  } catch {
    // It was let go of just now.
    return undefined;
  }
}

function whyNot(folder: string, error: unknown): string {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === false) return 'it is a file';
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const known = { EACCES: 'permission denied', EPERM: 'permission denied', EROFS: 'it is on a read-only file system' };
  return (
    Object.entries(known).find(([name]) => name === code)?.[1] ?? String(error instanceof Error ? error.message : error)
  );
}
