import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { IgnoreStrategy } from 'aws-cdk-lib';
import { afterAll, describe, expect, it } from 'vitest';
import { imageBuildLine, imageContext } from '../../infra/cdk/image.ts';
import { readSettings } from '../../infra/cdk/read-settings.ts';
import { openCascade } from '../../lib/cascade/open-cascade.ts';

const root = resolve(import.meta.dirname, '../..');
const sentWith = (settings: unknown) => IgnoreStrategy.docker(root, [...imageContext(readSettings(settings))]);
const sent = sentWith({});
const folder = mkdtempSync(join(tmpdir(), 'logsieve-image-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('what is sent to the image’s build', () => {
  it('is enough for the whole cascade', async () => {
    cpSync(join(root, 'models'), folder, { recursive: true, filter: (path) => !sent.completelyIgnores(path) });
    const clock = { now: () => new Date('2026-11-02T08:00:00Z') };

    const cascade = await openCascade({ modelsFolder: folder, threads: 1, clock });

    expect(cascade.version).toMatch(/./);
    await cascade.close();
  });

  it('holds the native library of the functions’ platform and no other', () => {
    const binaries = 'node_modules/onnxruntime-node/bin/napi-v6';

    expect(sent.ignores(join(root, binaries, 'linux/x64/libonnxruntime.so.1'))).toBe(false);
    expect(sent.ignores(join(root, binaries, 'linux/x64/onnxruntime_binding.node'))).toBe(false);
    expect(sent.ignores(join(root, binaries, 'linux/arm64/libonnxruntime.so.1'))).toBe(true);
    expect(sent.ignores(join(root, binaries, 'darwin/arm64/libonnxruntime.dylib'))).toBe(true);
  });

  it('moves the native library with the architecture', () => {
    const sentToArm = sentWith({ architecture: 'arm64' });
    const library = (folder: string) =>
      join(root, `node_modules/onnxruntime-node/bin/napi-v6/linux/${folder}/libonnxruntime.so.1`);

    expect(sentToArm.ignores(library('arm64'))).toBe(false);
    expect(sentToArm.ignores(library('x64'))).toBe(true);
  });

  it('is built by a line that names the stage’s own labels, rules and platform', () => {
    const models = { labels: 'models/labels-shop.json', rules: 'models/rules-shop.json' };

    const line = imageBuildLine(readSettings({ architecture: 'arm64', models }));

    expect(line).toMatch(/docker build --platform linux\/arm64 .*--file functions\/classify\/Dockerfile .* \.$/);
    expect(line).toContain('--build-arg LABELS=models/labels-shop.json --build-arg RULES=models/rules-shop.json');
  });

  it('takes in a larger model that the settings name, and no other', () => {
    const sentWithModel = sentWith({ models: { entailment: 'models/pulled/deberta' } });

    expect(sentWithModel.ignores(join(root, 'models/pulled/deberta/model.onnx'))).toBe(false);
    expect(sentWithModel.ignores(join(root, 'models/pulled/other/model.onnx'))).toBe(true);
    expect(sent.ignores(join(root, 'models/pulled/deberta/model.onnx'))).toBe(true);
  });

  it.each(['.env', '.git/config', 'node_modules/zod/package.json', 'models/training/train.py', 'lib/config.ts'])(
    'leaves out %s',
    (path) => {
      expect(sent.ignores(join(root, path))).toBe(true);
    },
  );
});
