import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Thrown where another running stack uses the folder. */
export class StateInUse extends Error {
  readonly pid: number;
  constructor(folder: string, pid: number) {
    super(`The state folder ${folder} is in use by another logsieve (process ${pid}).`);
    this.name = 'StateInUse';
    this.pid = pid;
  }
}

/** Takes the folder for this process, by a file with its pid. A file left by a process that is gone does not count. Answers how to let go. */
export function lockState(folder: string): () => void {
  const file = join(folder, 'pid');
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx', mode: 0o600 });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const pid = Number(readFileSync(file, 'utf8'));
    if (pid !== process.pid && isRunning(pid)) throw new StateInUse(folder, pid);
    rmSync(file, { force: true });
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process may not be signalled, but it is there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
