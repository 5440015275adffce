import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { addModel } from '../../../infra/models/add-model.ts';
import { faultOf } from '../../../infra/models/install.ts';
import { type Pulling, pullModel } from '../../../infra/models/pull-model.ts';
import { loadEntailmentModel } from '../../../lib/inference/entailment-model.ts';
import type { ModelEntry } from '../../../lib/inference/manifest.ts';
import { aFolder } from '../../factories/a-folder.ts';
import { aPublishedModel } from '../../factories/published-model.ts';
import { type HubAnswer, type HubRequest, startModelHub } from '../../fakes/model-hub.ts';

/** A hub that publishes the tiny model, and a machine to pull it to. */
async function aMachine(
  published: Awaited<ReturnType<typeof aPublishedModel>>,
  answer?: (request: HubRequest, turn: number) => HubAnswer,
) {
  const folder = await aFolder();
  const hub = await startModelHub(published.files, answer);
  onTestFinished(async () => {
    await hub.close();
    await folder[Symbol.asyncDispose]();
  });
  const folders = { models: join(folder.path, 'models'), pulled: join(folder.path, 'pulled') };
  const said: string[] = [];
  const pulling: Pulling = {
    settings: { folders, hub: hub.url, proxy: {}, python: 'python3' },
    stallMs: 10_000,
    pause: async () => {},
    say: (line) => said.push(line),
    onBytes: () => {},
  };
  return { ...folders, folders, folder: folder.path, hub, said, pulling, installed: join(folders.pulled, 'tiny') };
}

const visible = async (folder: string) => (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();

describe('pullModel', () => {
  it('installs a model that the service then loads, and says which digests it took on trust', async () => {
    const published = await aPublishedModel();
    const machine = await aMachine(published);

    expect(await pullModel(published.entry, machine.pulling)).toBe(true);

    const model = await loadEntailmentModel(machine.installed, { threads: 1 });
    expect(model.id).toBe('tiny');
    await model.close();
    expect(machine.said).toEqual([
      expect.stringMatching(/^config\.json: the manifest knows no digest; sha256 [0-9a-f]{64}/),
    ]);
    expect(await visible(machine.pulled)).toEqual(['tiny', 'tiny.pins.json']);
    expect(await faultOf(published.entry, machine.folders)).toBeUndefined();
  });

  it('does nothing where the model is there, and mends one that was damaged', async () => {
    const published = await aPublishedModel();
    const machine = await aMachine(published);
    await pullModel(published.entry, machine.pulling);
    const requests = machine.hub.requests.length;

    expect(await pullModel(published.entry, machine.pulling)).toBe(false);
    expect(machine.hub.requests).toHaveLength(requests);
    await writeFile(join(machine.installed, 'config.json'), '{}');

    expect(await faultOf(published.entry, machine.folders)).toMatch(/config\.json has 2 bytes/);
    expect(await pullModel(published.entry, machine.pulling)).toBe(true);
    expect(await faultOf(published.entry, machine.folders)).toBeUndefined();
  });

  it('holds later pulls to what the first one recorded, after a removal too', async () => {
    const published = await aPublishedModel({ pinned: false });
    const machine = await aMachine(published, ({ path }, turn) =>
      turn > 2 && path.endsWith('config.json')
        ? { bytes: Buffer.from('{"id2label": {"0": "not_entailment", "1": "entailment"}}') }
        : 'serve',
    );
    await pullModel(published.entry, machine.pulling);
    await rm(machine.installed, { recursive: true });

    await expect(pullModel(published.entry, machine.pulling)).rejects.toThrow('963 are wanted: another file');

    expect(existsSync(machine.installed)).toBe(false);
  });

  it('installs one whole model where two pull it at once, and fetches it once', async () => {
    const published = await aPublishedModel();
    const machine = await aMachine(published);

    const both = await Promise.all([
      pullModel(published.entry, machine.pulling),
      pullModel(published.entry, machine.pulling),
    ]);

    expect(both.toSorted()).toEqual([false, true]);
    expect(machine.hub.sent()).toBe(published.bytes);
    expect(machine.said).toContain('another process is at work on tiny; waiting for it');
  });

  it('installs nothing of a model that the service would refuse', async () => {
    const published = await aPublishedModel({ pinned: false });
    const [onnx = '', , config = ''] = published.paths;
    const machines = [
      await aMachine({
        ...published,
        files: { ...published.files, [onnx]: published.files[onnx]?.subarray(0, 9_000) ?? Buffer.alloc(0) },
      }),
      await aMachine({
        ...published,
        files: { ...published.files, [config]: Buffer.from('{"id2label": {"0": "LABEL_0", "1": "LABEL_1"}}') },
      }),
    ];
    const dynamic: ModelEntry = { ...published.entry, quantisation: 'dynamic' };

    const [truncated, mislabelled] = machines;
    await expect(truncated && pullModel(published.entry, truncated.pulling)).rejects.toThrow(
      'cannot be loaded as an ONNX model',
    );
    await expect(mislabelled && pullModel(published.entry, mislabelled.pulling)).rejects.toThrow(
      'has no label entailment',
    );
    const other = await aMachine(published);
    await expect(pullModel(dynamic, other.pulling)).rejects.toThrow(
      'is quantised otherwise (none) than tiny should be (dynamic)',
    );
    for (const { pulled } of [...machines, other]) expect(await visible(pulled)).toEqual([]);
  });

  it('says where the files are to be copied where no hub can be reached', async () => {
    const published = await aPublishedModel();
    const machine = await aMachine(published);
    await machine.hub.close();

    const failed = expect(pullModel(published.entry, machine.pulling)).rejects;

    await failed.toThrow(/cannot be reached \(ECONNREFUSED\)/);
    await expect(pullModel(published.entry, machine.pulling)).rejects.toThrow(
      /acme\/tiny\/resolve\/0123456789abcdef0123456789abcdef01234567\/onnx\/model\.onnx {2}as model\.onnx\n[\s\S]*npm run models -- add tiny FOLDER/,
    );
  });

  it('asks for room for all of it before it fetches any of it', async () => {
    const published = await aPublishedModel();
    const machine = await aMachine(published);

    await expect(
      pullModel(published.entry, { ...machine.pulling, free: async () => 64 * 1024 * 1024 + 1_000 }),
    ).rejects.toThrow(/has room for 67 MB, 68 MB are needed\. Make room, or set PULLED_MODELS_FOLDER/);

    expect(machine.hub.requests).toEqual([]);
  });

  it('refuses what is not to be pulled', async () => {
    const published = await aPublishedModel();
    const machine = await aMachine(published);

    await expect(pullModel({ ...published.entry, folder: 'starter' }, machine.pulling)).rejects.toThrow(
      'comes with this repository',
    );
    await expect(pullModel({ ...published.entry, quantisedFrom: 'big' }, machine.pulling)).rejects.toThrow(
      'tiny is published nowhere: pull big, then `npm run models -- quantise tiny`.',
    );
  });
});

describe('addModel', () => {
  /** Files as somebody brings them. */
  async function brought(machine: { folder: string }, leave: readonly string[] = []): Promise<string> {
    const folder = join(machine.folder, 'brought');
    await mkdir(join(folder, 'onnx'), { recursive: true });
    for (const [from, to] of [
      ['model.onnx', 'onnx/model.onnx'],
      ['tokenizer.json', 'tokenizer.json'],
      ['config.json', 'config.json'],
    ] as const)
      if (!leave.includes(from)) await cp(join('test/fixtures/nli-tiny', from), join(folder, to));
    return folder;
  }

  it('installs files that lie as they are published, and keeps a golden file that came along', async () => {
    const published = await aPublishedModel();
    const machine = await aMachine(published);
    const folder = await brought(machine);
    await cp('test/fixtures/nli-tiny/golden.jsonl', join(folder, 'golden.jsonl'));

    expect(await addModel(published.entry, folder, machine.pulling.settings, machine.pulling.say)).toBe(true);

    expect(await visible(machine.installed)).toEqual([
      'config.json',
      'golden.jsonl',
      'manifest.json',
      'model.onnx',
      'tokenizer.json',
    ]);
  });

  it('says what is missing and what is another file, and installs nothing', async () => {
    const published = await aPublishedModel();
    const machine = await aMachine(published);
    const { settings, say } = machine.pulling;
    const partial = await brought(machine, ['model.onnx', 'config.json']);

    await expect(addModel(published.entry, partial, settings, say)).rejects.toThrow(
      /brought lacks model\.onnx \(or onnx\/model\.onnx\), config\.json, which tiny consists of\.$/,
    );
    const whole = await brought(machine);
    const tokenizer = await readFile(join(whole, 'tokenizer.json'), 'utf8');
    await writeFile(join(whole, 'tokenizer.json'), tokenizer.replace('[CLS]', '[CLZ]'));
    await expect(addModel(published.entry, whole, settings, say)).rejects.toThrow(/tokenizer\.json has sha256 /);
    await expect(addModel(published.entry, 'no-such-folder', settings, say)).rejects.toThrow(
      'no-such-folder is no folder.',
    );
    expect(await visible(machine.pulled)).toEqual([]);
  });

  it('refuses a model of another task', async () => {
    const published = await aPublishedModel({ pinned: false });
    const machine = await aMachine(published);
    const folder = await brought(machine);
    const { hypothesisTemplate, labels, ...rest } = published.entry;
    const encoder: ModelEntry = { ...rest, task: 'embedding', tokenizer: 'wordpiece', pooling: 'mean', dimensions: 32 };

    await expect(addModel(encoder, folder, machine.pulling.settings, machine.pulling.say)).rejects.toThrow(
      'is no model of this kind',
    );
  });
});
