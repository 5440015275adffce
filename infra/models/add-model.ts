import { constants, existsSync } from 'node:fs';
import { copyFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInput } from '../../lib/domain/errors.ts';
import { isPinned, type ModelEntry, type ModelFile, type PinnedFile } from '../../lib/inference/manifest.ts';
import { sha256OfFile, sizeOfFile, verifyFile } from '../../lib/inference/verify-files.ts';
import { refuseOwn } from './catalogue.ts';
import { requireSpace } from './disk-space.ts';
import { type Fill, install, type Say } from './install.ts';
import type { ModelSettings } from './settings.ts';

/**
 * Installs a model from a folder of files that were brought by hand, under their own names or the paths they are
 * published under. False where it was there already. Throws `InvalidInput('model-folder')` that says what is missing,
 * and `Fault` for files that are other than the manifest says.
 */
export async function addModel(entry: ModelEntry, folder: string, settings: ModelSettings, say: Say): Promise<boolean> {
  refuseOwn(entry);
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new InvalidInput('model-folder', `${folder} is no folder.`);
  return install(entry, settings.folders, say, copying(folder));
}

function copying(folder: string): Fill {
  const fill: Fill['fill'] = async ({ id, files }, staging) => {
    const found = Object.entries(files).map(([role, file]) => ({ role, file, from: pathIn(folder, file) }));
    const missing = found.filter(({ role, from }) => from === undefined && role !== 'sentencepiece');
    if (missing.length > 0) {
      const names = missing.map(({ file }) => (file.from === undefined ? file.path : `${file.path} (or ${file.from})`));
      throw new InvalidInput('model-folder', `${folder} lacks ${names.join(', ')}, which ${id} consists of.`);
    }
    const sources = found.flatMap(({ file, from }) => (from === undefined ? [] : [{ file, from }]));
    for (const { file, from } of sources) if (isPinned(file)) await verifyFile(from, file);
    const sizes = await Promise.all(sources.map(({ from }) => sizeOfFile(from)));
    await requireSpace(
      staging,
      sizes.reduce((sum, bytes) => sum + bytes, 0),
    );
    const copied: PinnedFile[] = [];
    for (const { file, from } of sources) copied.push(await copyPinned(file, from, staging));
    if (existsSync(join(folder, 'golden.jsonl')))
      await copyFile(join(folder, 'golden.jsonl'), join(staging, 'golden.jsonl'));
    return copied;
  };
  return { isResumable: false, fill };
}

function pathIn(folder: string, { path, from = path }: ModelFile): string | undefined {
  return [join(folder, path), join(folder, from)].find(existsSync);
}

/** Hashed after it was copied: what is installed is what counts. */
async function copyPinned(file: ModelFile, from: string, staging: string): Promise<PinnedFile> {
  const path = join(staging, file.path);
  await rm(path, { force: true });
  await copyFile(from, path, constants.COPYFILE_FICLONE);
  const pinned = { ...file, sha256: await sha256OfFile(path), bytes: await sizeOfFile(path) };
  if (isPinned(file)) await verifyFile(path, file);
  return pinned;
}
