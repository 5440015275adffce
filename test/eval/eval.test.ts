import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const COMMAND = join(import.meta.dirname, 'eval.ts');
const FILE = join(import.meta.dirname, 'fixtures/lines.csv');

function run(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [COMMAND, ...args], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

describe('the eval command', () => {
  it('ends with one JSON line', async () => {
    const { code, stdout } = await run([
      'category',
      '--file',
      FILE,
      '--message',
      'log_message',
      '--label',
      'target_label',
    ]);

    const report: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    expect(code).toBe(0);
    expect(report).toMatchObject({ task: 'category', n: 160, unclassified: expect.any(Number) });
  });

  it('says how it is used', async () => {
    const { code, stdout, stderr } = await run(['category', '--help']);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^usage: eval anomaly /);
  });

  it.each([
    [['category'], /^--file is missing\n$/],
    [['category', '--file', '/no/such.csv', '--message', 'm', '--label', 'l'], /^\/no\/such\.csv cannot be read/],
    [
      ['anomaly', '--file', FILE, '--message', 'log_message', '--label', 'truth', '--positive', 'odd'],
      /^no line of .* has odd in column truth\n$/,
    ],
  ])('exits with 2 and one sentence for %j', async (args, sentence) => {
    const { code, stdout, stderr } = await run(args);

    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(sentence);
  });
});
