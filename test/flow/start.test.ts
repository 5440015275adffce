import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { closeServer, listen } from '../../infra/local/listen.ts';
import { aFolder } from '../factories/a-folder.ts';

const script = resolve(import.meta.dirname, '../../infra/local/start.ts');

function npmStart(...args: string[]) {
  const child = spawn(process.execPath, [script, ...args], { env: { PATH: process.env.PATH ?? '', NO_COLOR: '1' } });
  const ended = Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]);
  return { child, result: ended.then(([[code], out, error]) => ({ code, out, error })) };
}

describe('npm start', { timeout: 60_000 }, () => {
  it('reads the sample, shows and saves the results, and finds them again', async () => {
    await using folder = await aFolder();
    const args = ['--state', folder.path, '--port', '0', '--once'];

    const first = await npmStart(...args).result;
    const second = await npmStart(...args).result;

    expect(first).toMatchObject({ code: 0, error: '' });
    expect(first.out).toMatch(/sample\.csv {2}completed in .* records, .* judged, .* rejected, 0 failed/);
    expect(first.out).toContain('Top anomalies');
    expect(readFileSync(join(folder.path, 'results/sample.csv'), 'utf8')).toContain('target_label');
    const key = readFileSync(join(folder.path, 'api-key'), 'utf8').trim();
    expect(statSync(join(folder.path, 'api-key')).mode & 0o777).toBe(0o600);
    expect(second.out).toContain(key);
    expect(resultLines(second.out)).toEqual(resultLines(first.out));
  });

  it('reads a file of one’s own', async () => {
    await using folder = await aFolder();
    const file = join(folder.path, 'mine.csv');
    await writeFile(file, 'message\nUser a logged in.\nUser b logged out.\n');

    const { code, out } = await npmStart(file, '--state', join(folder.path, 'state'), '--port', '0', '--once').result;

    expect(code).toBe(0);
    expect(out).toContain('2 records, 2 judged, 0 rejected, 0 failed');
  });

  it('ends with 1 and the reason when the file cannot be read', async () => {
    await using folder = await aFolder();
    const file = join(folder.path, 'none.csv');
    await writeFile(file, 'alpha,beta\n1,2\n');

    const { code, out } = await npmStart(file, '--state', join(folder.path, 'state'), '--port', '0', '--once').result;

    expect(code).toBe(1);
    expect(out).toMatch(/none\.csv {2}failed: \w+/);
  });

  it('stops cleanly on Ctrl-C', async () => {
    await using folder = await aFolder();
    const { child, result } = npmStart('--state', folder.path, '--port', '0');

    await expect
      .poll(() => child.exitCode ?? statSync(join(folder.path, 'results'), { throwIfNoEntry: false })?.mode, {
        timeout: 30_000,
      })
      .toBeTruthy();
    child.kill('SIGINT');
    const { code, error } = await result;

    expect([code, error]).toEqual([0, '']);
    expect(statSync(join(folder.path, 'pid'), { throwIfNoEntry: false })).toBeUndefined();
  });

  it('says in one line that its port is taken, a file is not there, or an option unknown', async () => {
    await using folder = await aFolder();
    const server = createServer();
    const port = String(await listen(server, 0));

    const taken = await npmStart('--state', folder.path, '--port', port).result;
    const missing = await npmStart('nowhere.csv', '--state', folder.path).result;
    await closeServer(server);

    expect(taken).toMatchObject({ code: 1, out: '' });
    expect(taken.error).toMatch(new RegExp(`^Port ${port} is taken by another program\\. .*\n$`));
    expect(missing).toMatchObject({ code: 1, error: 'There is no file nowhere.csv.\n' });
  });
});

/** What is shown of the job, without addresses and times. */
const resultLines = (out: string) => out.split('\n').filter((line) => /^ {2,}(\S.* \d+\.\d %|\d\.\d\d )/.test(line));
