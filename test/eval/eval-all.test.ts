import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const COMMAND = join(import.meta.dirname, 'eval-all.ts');
const MODELS = join(import.meta.dirname, '../../models');
const SETS = ['--sets', join(import.meta.dirname, 'fixtures/sets'), '--no-data', '--resamples', '20'];

function run(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [COMMAND, ...args], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

/** What ships without what it was trained on: models that somebody was given. */
async function modelsAlone(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'eval-models-'));
  const isNeeded = (path: string) => !['training', 'evaluation'].some((name) => path === join(MODELS, name));
  await cp(MODELS, folder, { recursive: true, filter: isNeeded });
  return folder;
}

describe('the eval:all command', () => {
  it('writes tables, a report that says what was measured where, and plots; models gain nothing over a copy of themselves elsewhere', async () => {
    const out = await mkdtemp(join(tmpdir(), 'eval-all-'));
    const scores = join(out, 'scores.json');
    const first = await run([...SETS, '--scores', scores, '--models', await modelsAlone()]);

    const second = await run([...SETS, '--out', out, '--against', scores]);

    expect([first.code, second.code, second.stderr.includes('rror')]).toEqual([0, 0, false]);
    expect(second.stdout).toMatch(/anomaly: mixed[\s\S]*keyword rule[\s\S]*category: our own set/);
    const report: unknown = JSON.parse(await readFile(join(out, 'report.json'), 'utf8'));
    expect(report).toMatchObject({
      run: {
        date: expect.stringMatching(/^\d{4}-/),
        cpu: expect.stringMatching(/cores$/),
        model: expect.stringMatching(/@/),
      },
      anomaly: {
        anomaly: { variants: { logfmt: { n: 5, anomalies: 2, gain: { auc: { value: 0, low: 0, high: 0 } } } } },
      },
      category: { n: 3, foreign: 1 },
    });
    expect((await readdir(out)).filter((name) => name.endsWith('.svg'))).toHaveLength(7);
  });

  it('says how it is used', async () => {
    const { code, stdout, stderr } = await run(['--help']);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^npm run -s eval:all -- /);
  });

  it.each([
    [['--sets', '/no/such/folder'], /cannot be read as CSV/],
    [['--data', '/no/such/folder'], /^\/no\/such\/folder is not there\n$/],
    [['--against', '/no/such/file'], /holds no scores of an earlier run/],
    [['--accept', '--no-data'], /^--accept needs other people's lines too[^\n]*\n$/],
  ])('exits with 2 and one sentence for %j', async (args, sentence) => {
    const { code, stdout, stderr } = await run(args);

    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(sentence);
  });
});
