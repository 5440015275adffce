import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockState, StateInUse } from '../../../infra/local/state-lock.ts';
import { aFolder } from '../../factories/a-folder.ts';

describe('state lock', () => {
  it('refuses a folder that a running process holds, and says which', async () => {
    await using folder = await aFolder();
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    writeFileSync(join(folder.path, 'pid'), String(other.pid));

    expect(() => lockState(folder.path)).toThrow(StateInUse);
    expect(() => lockState(folder.path)).toThrow(String(other.pid));

    other.kill('SIGKILL');
    await once(other, 'close');
  });

  it.each(['', 'not a pid', '0', '999999999'])('takes over a folder whose holder (%j) is gone', async (pid) => {
    await using folder = await aFolder();
    writeFileSync(join(folder.path, 'pid'), pid);

    const unlock = lockState(folder.path);
    unlock();

    expect(existsSync(join(folder.path, 'pid'))).toBe(false);
  });
});
