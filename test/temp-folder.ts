import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * One temp folder for a whole run, which is gone at its end: what a test that fails or is cut off leaves behind goes
 * with it. Workers and the processes that tests start inherit `TMPDIR`. A run that is killed cannot tidy up; the next
 * one does it.
 */
export function setup(): () => void {
  const around = tmpdir();
  for (const name of readdirSync(around))
    if (isAbandoned(name)) rmSync(join(around, name), { recursive: true, force: true });
  const folder = mkdtempSync(join(around, `logsieve-tests-${process.pid}-`));
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}

/** The folder of a run whose process has ended. */
function isAbandoned(name: string): boolean {
  const pid = Number(name.match(/^logsieve-tests-(\d{1,10})-/)?.[1]);
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}
