import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkModels } from '../../../infra/local/check-models.ts';
import { aFolder } from '../../factories/a-folder.ts';

/** Not a model: the fixture lacks everything but its weights. */
const WRONG = 'test/fixtures/nli-tiny-int8';

it('takes the models as they come with the repository, with a cross-encoder too', async () => {
  await expect(checkModels('models', undefined)).resolves.toBeUndefined();
  await expect(checkModels('models', 'test/fixtures/nli-tiny')).resolves.toBeUndefined();
});

it('nothing starts on a cross-encoder that cannot be used: a sentence says what is wrong with it', {
  timeout: 60_000,
}, async () => {
  await using folder = await aFolder();
  const lines = join(folder.path, 'lines.csv');
  writeFileSync(lines, 'message\nzorp glimmer 7\n');
  const run = (...args: readonly string[]) =>
    spawnSync(process.execPath, args, { env: { ...process.env, ENTAILMENT_FOLDER: WRONG }, encoding: 'utf8' });

  const served = run('infra/local/start.ts', '--port', '0', '--state', join(folder.path, 'state'), '--once');
  const classified = run('infra/commands/classify.ts', lines, '--json');

  expect([served.status, served.stdout]).toEqual([1, '']);
  expect([classified.status, classified.stdout]).toEqual([2, '']);
  for (const { stderr } of [served, classified])
    expect(stderr.trim()).toMatch(/^\S+nli-tiny-int8\/tokenizer\.json cannot be read$/);
});
