import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { lockState, StateInUse, StateUnusable } from '../../../infra/local/state-lock.ts';
import { aFolder } from '../../factories/a-folder.ts';

const module = pathToFileURL(resolve(import.meta.dirname, '../../../infra/local/state-lock.ts')).href;

/** A process that takes the folder and keeps it until it is killed. */
async function aHolder(folder: string) {
  const script = `import { lockState } from ${JSON.stringify(module)}; lockState(process.argv[1]); console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, folder]);
  await once(child.stdout, 'data');
  return child;
}

describe('state lock', () => {
  it('refuses a folder that a running process holds, says which, and takes it when that was killed', async () => {
    await using folder = await aFolder();
    const other = await aHolder(folder.path);

    expect(() => lockState(folder.path)).toThrow(StateInUse);
    expect(() => lockState(folder.path)).toThrow(`(process ${other.pid})`);

    other.kill('SIGKILL');
    await once(other, 'close');
    lockState(folder.path)();
  });

  it('refuses a folder that this process holds, until it lets go', async () => {
    await using folder = await aFolder();
    const unlock = lockState(folder.path);

    expect(() => lockState(folder.path)).toThrow(StateInUse);

    unlock();
    unlock();
    lockState(folder.path)();
  });

  it.each(['', 'not a pid', '999999999', String(process.pid), String(process.ppid)])(
    'takes over a folder whose holder is gone, though its process id %j may be another program’s by now',
    async (pid) => {
      await using folder = await aFolder();
      writeFileSync(join(folder.path, 'pid'), pid);

      const unlock = lockState(folder.path);
      unlock();

      expect(existsSync(join(folder.path, 'pid'))).toBe(false);
    },
  );

  it('says in a sentence why a folder cannot be used', async () => {
    await using folder = await aFolder();
    const file = join(folder.path, 'file');
    writeFileSync(file, '');

    expect(() => lockState(file)).toThrow(StateUnusable);
    expect(() => lockState(file)).toThrow(
      `The state folder ${file} cannot be used: it is a file. Choose another one with --state.`,
    );
    expect(() => lockState(join(file, 'below'))).toThrow(StateUnusable);
  });
});
