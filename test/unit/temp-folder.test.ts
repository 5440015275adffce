import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { aFolder } from '../factories/a-folder.ts';
import { setup } from '../temp-folder.ts';

/** No system gives out process numbers as high. */
const NOBODY = 999_999_999;

it('gives a run a temp folder of its own, takes it away, and tidies up after runs that were killed', async () => {
  await using around = await aFolder();
  vi.stubEnv('TMPDIR', around.path);
  onTestFinished(() => void vi.unstubAllEnvs());
  const [abandoned, running] = [NOBODY, process.pid].map((pid) => join(around.path, `logsieve-tests-${pid}-abcdef`));
  for (const folder of [abandoned, running]) mkdirSync(`${folder}`);

  const teardown = setup();
  const own = tmpdir();
  writeFileSync(join(own, 'left-behind'), '');
  teardown();

  expect(dirname(own)).toBe(around.path);
  expect([own, `${abandoned}`, `${running}`].map((folder) => existsSync(folder))).toEqual([false, false, true]);
});
