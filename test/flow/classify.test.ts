import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aFolder } from '../factories/a-folder.ts';
import { aCsv } from './a-stack.ts';

const script = resolve(import.meta.dirname, '../../infra/commands/classify.ts');
const records = 25_000;
const csv = aCsv(records);

let folder: Awaited<ReturnType<typeof aFolder>>;
beforeAll(async () => {
  folder = await aFolder();
  await writeFile(join(folder.path, 'app.csv'), csv);
});
afterAll(() => folder[Symbol.asyncDispose]());

/** Runs the command in a folder that is not the repository's, as a user does. */
function classify(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const options = { cwd: folder.path, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((done) => {
    const child = execFile(process.execPath, [script, ...args], options, (_error, stdout, stderr) =>
      done({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

describe('npm run classify', () => {
  it('judges every row in its order, from whatever folder, on as many threads as the file has blocks for', async () => {
    const { code, stdout, stderr } = await classify('app.csv');

    const lines = stdout.trimEnd().split('\n');
    expect({ code, lines: lines.length }).toEqual({ code: 0, lines: records + 1 });
    expect(lines[0]).toMatch(/^id,service,message,target_label,confidence,/);
    expect(lines.slice(1).every((line, index) => line.startsWith(`"${index + 1}","app-`))).toBe(true);
    expect(stderr).toMatch(/^25,000 records in [\d.]+ s: 25000 judged, 0 rejected\n/);
  });

  it('reads gzip, writes to a file, and comes to the same results', async () => {
    await writeFile(join(folder.path, 'app.csv.gz'), gzipSync(csv));

    const [plain, zipped] = await Promise.all([classify('app.csv'), classify('app.csv.gz', '--out', 'results.csv')]);

    expect(zipped).toMatchObject({ code: 0, stdout: '' });
    expect(await readFile(join(folder.path, 'results.csv'), 'utf8')).toBe(plain.stdout);
  });

  it('--json gives a verdict a line, rejections too', async () => {
    await writeFile(join(folder.path, 'small.csv'), 'message,level\ndisk is full,ERROR\na,b,c\n');

    const { stdout } = await classify('small.csv', '--json', '--threshold', '0.25');

    const [first, second] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(first).toMatchObject({ row: 1, line: 2, log_message: 'disk is full', anomaly: { threshold: 0.25 } });
    expect(second).toEqual({ row: 2, line: 3, rejected: '3 fields where the header has 2' });
  });

  it.each(['message,level\n', 'message,level'])(
    'a header without rows %j gives a header without rows',
    async (text) => {
      await writeFile(join(folder.path, 'header.csv'), text);

      const { code, stdout, stderr } = await classify('header.csv');

      expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^message,level,target_label,.*\n$/) });
      expect(stderr).toMatch(/^0 records in .* s: 0 judged, 0 rejected\n/);
    },
  );

  it('a reader that has seen enough is no error', async () => {
    const child = spawn(process.execPath, [script, 'app.csv'], { cwd: folder.path });
    const exited = once(child, 'exit');
    let told = '';
    child.stderr.on('data', (text) => {
      told += text;
    });

    await once(child.stdout, 'data');
    child.stdout.destroy();

    expect(await exited).toEqual([0, null]);
    expect(told).toBe('');
  });
});

describe('npm run classify on what it cannot read', () => {
  beforeAll(async () => {
    await writeFile(join(folder.path, 'other.csv'), 'a,b\n1,2\n');
    await writeFile(join(folder.path, 'book.csv'), Buffer.from('PK\x03\x04 a spreadsheet'));
    await writeFile(join(folder.path, 'empty.csv'), '');
  });

  it.each([
    [['nowhere.csv'], /^There is no file nowhere\.csv\.\n$/],
    [['.'], /^\. is no file\.\n$/],
    [['other.csv'], /^No column is called message, .*; the columns are "a", "b"\..* Here: --message COLUMN\.\n$/],
    [['app.csv', '--message', 'text'], /^There is no column "text" .*\n$/],
    [['book.csv'], /^This is a zip file.*\n$/],
    [['empty.csv'], /^The file is empty\.\n$/],
    [['app.csv', '--out', './app.csv'], /^\.\/app\.csv is the file to be read: .*\n$/],
    [['app.csv', '--threshold', 'high'], /^--threshold high is none: .*\n$/],
    [[], /^usage: npm run -s classify/],
    [['app.csv', '--fast'], /^Unknown option '--fast'/],
  ])('%j: 2 and a sentence, nothing written', async (args, said) => {
    const { code, stdout, stderr } = await classify(...args);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(said);
  });
});
