import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { aFolder } from '../../factories/a-folder.ts';
import { aModelsManifest, aPublishedModel } from '../../factories/published-model.ts';
import { type HubAnswer, startModelHub } from '../../fakes/model-hub.ts';

/** `npm run models` on a machine with a manifest of the tiny model only, and a hub that publishes it. */
async function aMachine(answer: HubAnswer = 'serve') {
  const published = await aPublishedModel();
  const folder = await aFolder();
  const hub = await startModelHub(published.files, () => answer);
  onTestFinished(async () => {
    await hub.close();
    await folder[Symbol.asyncDispose]();
  });
  const made: typeof published.entry = {
    ...published.entry,
    id: 'tiny-int8',
    quantisedFrom: 'tiny',
    quantisation: 'dynamic',
  };
  const environment = {
    PATH: process.env.PATH,
    MODELS_FOLDER: await aModelsManifest(folder.path, [
      published.entry,
      { ...made, files: { ...made.files, model: { path: 'model.onnx' } } },
    ]),
    PULLED_MODELS_FOLDER: join(folder.path, 'pulled'),
    LOGSIEVE_MODEL_MIRROR: hub.url,
    LOGSIEVE_PYTHON: join(folder.path, 'no-such-python'),
  };
  const start = (...args: readonly string[]) =>
    spawn(process.execPath, ['infra/commands/models.ts', ...args], {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const run = async (...args: readonly string[]) => {
    const child = start(...args);
    const [out, err]: [string[], string[]] = [[], []];
    child.stdout.on('data', (chunk) => out.push(String(chunk)));
    child.stderr.on('data', (chunk) => err.push(String(chunk)));
    const [code] = await once(child, 'close');
    return { code, out: out.join(''), err: err.join('') };
  };
  return { ...published, folder: folder.path, installed: join(folder.path, 'pulled', 'tiny'), hub, start, run };
}

const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/** Each command is a process of its own, which a busy machine starts slowly. */
const TIMEOUT_MS = 120_000;

describe('npm run models', { timeout: TIMEOUT_MS }, () => {
  it('pulls, lists, verifies and removes a model', async () => {
    const { run, installed } = await aMachine();

    const pulled = await run('pull', 'tiny');
    const [listed, verified] = [await run('list'), await run('verify')];
    const removed = await run('remove', 'tiny');

    expect(pulled).toMatchObject({
      code: 0,
      out: expect.stringContaining(`to use it: ENTAILMENT_FOLDER=${installed}`),
    });
    // No terminal, no bar: only the digests it took on trust are told.
    expect(pulled.err).toMatch(/^config\.json: the manifest knows no digest; sha256 [0-9a-f]{64} is recorded.*\n$/);
    expect(listed.out).toMatch(/^tiny +entailment +fp32 +0\.4 MB +MIT +installed$/m);
    expect(verified).toMatchObject({ code: 0, out: 'tiny: ok\n' });
    expect(removed.code).toBe(0);
    expect(existsSync(installed)).toBe(false);
  });

  it('can be killed at any byte and run again, and fetches none of them twice', async () => {
    const { run, start, installed, folder, hub, bytes } = await aMachine({ piecesOf: 16_000, everyMs: 10 });
    const part = join(folder, 'pulled', '.tiny.partial', 'model.onnx.part');

    for (const enough of [1, 90_000, 200_000]) {
      const child = start('pull', 'tiny');
      while (sizeOf(part) < enough && child.exitCode === null) await setTimeout(5);
      child.kill('SIGKILL');
      await once(child, 'close');
      expect(existsSync(installed)).toBe(false);
    }
    const last = await run('pull', 'tiny');

    expect(last.code).toBe(0);
    expect((await run('verify', 'tiny')).code).toBe(0);
    expect(hub.requests.filter(({ range }) => range !== undefined)).not.toEqual([]);
    // What was on its way when a process was killed was sent for nothing.
    expect(hub.sent()).toBeLessThan(2 * bytes);
  });

  it('checks a folder and prints one line of JSON last', async () => {
    const { run, folder } = await aMachine();

    const right = await run('check', 'test/fixtures/nli-tiny');
    const copy = join(folder, 'copy');
    await cp('test/fixtures/nli-tiny', copy, { recursive: true });
    await writeFile(
      join(copy, 'golden.jsonl'),
      JSON.stringify({
        text: 'ok',
        labels: ['a'],
        hypothesis_template: '{}',
        input_ids: [[1]],
        logits: [[0, 0]],
        single_label: { a: 1 },
        multi_label: { a: 0 },
      }),
    );
    const wrong = await run('check', copy);

    expect(right.code).toBe(0);
    expect(JSON.parse(right.out.trim().split('\n').at(-1) ?? '')).toMatchObject({ texts: 34, idsEqual: 34 });
    expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('1 of 1 texts have other token ids') });
    expect(JSON.parse(wrong.out)).toMatchObject({ texts: 1, idsEqual: 0 });
  });

  it('says in a sentence what it cannot do', async () => {
    const { run, folder } = await aMachine();
    await mkdir(join(folder, 'empty'));
    const sentences: readonly (readonly [readonly string[], number, string])[] = [
      [['pull', 'nope'], 2, 'There is no model nope. There are: tiny, tiny-int8.'],
      [['add', 'tiny', join(folder, 'empty')], 2, 'lacks model.onnx (or onnx/model.onnx)'],
      [['remove', 'tiny'], 2, 'tiny is not installed.'],
      [['check', join(folder, 'nowhere')], 2, 'nowhere is no folder.'],
      [['quantise', 'tiny'], 2, 'tiny, which tiny-int8 is made from, is not installed'],
      [['dance'], 2, 'usage: npm run models'],
    ];

    for (const [args, code, sentence] of sentences) {
      const answer = await run(...args);

      expect([args, answer.code]).toEqual([args, code]);
      expect(answer.err).toContain(sentence);
      expect(answer.err).not.toContain('    at ');
    }
  });

  it('says what quantising needs where there is no Python', async () => {
    const { run } = await aMachine();
    await run('add', 'tiny', 'test/fixtures/nli-tiny');

    const { code, err } = await run('quantise', 'tiny-int8');

    expect(code).toBe(2);
    expect(err).toContain('no-such-python cannot be started. Quantising needs Python 3.11');
  });
});
