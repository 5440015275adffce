import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openFunctionLog } from '../../../infra/local/function-log.ts';
import { aFolder } from '../../factories/a-folder.ts';

describe("a function's log", () => {
  it('is turned over when it has grown, so that two of its size are the most', async () => {
    await using scratch = await aFolder();
    const log = openFunctionLog(scratch.path, 'api');

    log.line('x'.repeat(6 * 1024 * 1024));
    log.line('the next');
    await log.flush();

    expect(await readFile(log.file, 'utf8')).toBe('the next\n');
    expect((await stat(`${log.file}.1`)).size).toBeGreaterThan(5 * 1024 * 1024);
  });

  it('goes on when its folder is taken away, also when it had grown', async () => {
    await using scratch = await aFolder();
    const folder = join(scratch.path, 'logs');
    const log = openFunctionLog(folder, 'api');
    log.line('x'.repeat(6 * 1024 * 1024));
    await log.flush();
    await rm(folder, { recursive: true });

    log.line('lost');
    log.line('kept');
    await log.flush();

    expect(await readFile(log.file, 'utf8')).toBe('kept\n');
  });
});
