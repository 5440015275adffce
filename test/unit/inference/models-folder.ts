import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';

export const MODELS = resolve('models');
export const NLI_TINY = resolve('test/fixtures/nli-tiny');

/** A JSON object read to be changed and written again. */
export type Json = { [key: string]: unknown };

/** A models folder like the repository's in which one thing is other. */
export async function aModelsFolder(
  change: { manifest?: (entry: Json) => Json; files?: Record<string, string | Uint8Array | undefined> } = {},
): Promise<string> {
  const folder = await aTemporaryFolder();
  await mkdir(join(folder, 'starter'));
  await fill(
    join(folder, 'starter'),
    join(MODELS, 'starter'),
    ['model.onnx', 'tokenizer.json', 'config.json'],
    change.files,
  );
  await writeManifest(folder, MODELS, change.manifest);
  return folder;
}

/** A cross-encoder's folder like the fixture in which one thing is other; without a manifest unless one is asked for. */
export async function anEntailmentFolder(
  change: { manifest?: false | ((entry: Json) => Json); files?: Record<string, string | Uint8Array | undefined> } = {},
): Promise<string> {
  const folder = await aTemporaryFolder();
  await fill(folder, NLI_TINY, ['model.onnx', 'tokenizer.json', 'config.json'], change.files);
  if (change.manifest !== false) await writeManifest(folder, NLI_TINY, change.manifest);
  return folder;
}

/** The fixture's cross-encoder as `quantise` makes it: dynamic int8, without a manifest. */
export async function aQuantisedFolder(): Promise<string> {
  return anEntailmentFolder({
    manifest: false,
    files: { 'model.onnx': await readFile(resolve('test/fixtures/nli-tiny-int8/model.onnx')) },
  });
}

/** The manifest's description of changed bytes, so that only what comes after the digest check can refuse them. */
export function described(path: string, content: string | Uint8Array): Json {
  return {
    path,
    sha256: createHash('sha256').update(content).digest('hex'),
    bytes: Buffer.byteLength(content),
  };
}

async function aTemporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'models-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** Links what is as it should be; writes what is other; leaves out what is undefined. */
async function fill(
  folder: string,
  from: string,
  names: readonly string[],
  files: Record<string, string | Uint8Array | undefined> = {},
): Promise<void> {
  for (const name of names) {
    const content = files[name];
    if (content !== undefined) await writeFile(join(folder, name), content);
    else if (!(name in files)) await symlink(join(from, name), join(folder, name));
  }
}

/** The first model only: the one whose files lie there. */
async function writeManifest(folder: string, from: string, change: (entry: Json) => Json = (entry) => entry) {
  const { models }: { models: Json[] } = JSON.parse(await readFile(join(from, 'manifest.json'), 'utf8'));
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({ models: models.slice(0, 1).map(change) }));
}
