import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Fault } from '../../lib/domain/errors.ts';
import { describeFolder } from '../../lib/inference/describe-folder.ts';
import type { ModelEntry, PinnedFile } from '../../lib/inference/manifest.ts';
import { isPinned, pinnedFiles } from '../../lib/inference/manifest.ts';
import { scanGraph } from '../../lib/inference/scan-graph.ts';
import { verifyFile } from '../../lib/inference/verify-files.ts';
import { folderOf, type ModelFolders } from './catalogue.ts';
import { withLock } from './model-lock.ts';
import { tryModel } from './open-model.ts';
import { withPins, writePins } from './pins.ts';

export type Say = (line: string) => void;

export interface Fill {
  /** Whether what a broken-off run got is of use to the next one. */
  readonly isResumable: boolean;
  /** Gets the files of an entry into the staging folder and says what they are. */
  fill(entry: ModelEntry, staging: string): Promise<readonly PinnedFile[]>;
}

/**
 * Installs a model: one process at a time, into a staging folder that takes its place by one rename after every digest
 * is right and the model has answered. Killed at any moment it leaves either no model or a whole one, and, where
 * that is of use, what it has so far. False where it was there already.
 */
export async function install(entry: ModelEntry, folders: ModelFolders, say: Say, filling: Fill): Promise<boolean> {
  const { pulled } = folders;
  await mkdir(pulled, { recursive: true });
  const onWait = () => say(`another process is at work on ${entry.id}; waiting for it`);
  return withLock(join(pulled, `.${entry.id}.lock`), { pause: (ms) => setTimeout(ms), onWait }, async () => {
    if ((await faultOf(entry, folders)) === undefined) return false;
    const staging = join(pulled, `.${entry.id}.${filling.isResumable ? 'partial' : 'new'}`);
    if (!filling.isResumable) await rm(staging, { recursive: true, force: true });
    await mkdir(staging, { recursive: true });
    const known = entry.quantisedFrom === undefined ? await withPins(entry, pulled) : entry;
    try {
      const files = await filling.fill(known, staging);
      await finish(known, files, { staging, folders, say });
    } catch (error) {
      if (!filling.isResumable) await rm(staging, { recursive: true, force: true });
      throw error;
    }
    return true;
  });
}

/** What is wrong with an installed model's files; undefined where all is well. Says `is not installed` where it is not. */
export async function faultOf(entry: ModelEntry, folders: ModelFolders): Promise<string | undefined> {
  const folder = folderOf(entry, folders);
  try {
    const installed = entry.folder === undefined ? await installedEntry(entry, folder) : entry;
    for (const file of pinnedFiles(installed)) await verifyFile(join(folder, file.path), file);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What is installed must be what the manifest means: it may not bring its own digests. */
export async function installedEntry(entry: ModelEntry, folder: string): Promise<ModelEntry> {
  const installed = await describeFolder(folder, { task: entry.task });
  const wanted = Object.values(entry.files).filter(isPinned);
  const other = wanted.find(({ path, sha256 }) =>
    Object.values(installed.files).some((file) => file.path === path && file.sha256 !== sha256),
  );
  if (other === undefined && installed.id === entry.id) return installed;
  throw new Fault('model-file', `${folder} holds another ${other?.path ?? 'model'} than the manifest means`);
}

async function finish(
  entry: ModelEntry,
  files: readonly PinnedFile[],
  { staging, folders, say }: { staging: string; folders: ModelFolders; say: Say },
): Promise<void> {
  const folder = folderOf(entry, folders);
  const whole = withFiles(entry, files);
  try {
    await requireQuantisation(whole, staging);
    await writeFile(join(staging, 'manifest.json'), `${JSON.stringify({ models: [whole] }, undefined, 2)}\n`);
    await tryModel(staging, whole);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    throw error;
  }
  const recorded = files.filter(
    ({ path }) => !Object.values(entry.files).some((file) => file.path === path && isPinned(file)),
  );
  // What we made ourselves may come out otherwise the next time.
  const isPublished = entry.quantisedFrom === undefined;
  if (isPublished) await writePins(folders.pulled, entry, files);
  await rm(folder, { recursive: true, force: true });
  await rename(staging, folder);
  for (const { path, sha256 } of isPublished ? recorded : [])
    say(`${path}: the manifest knows no digest; sha256 ${sha256} is recorded and pinned from now on`);
}

function withFiles(entry: ModelEntry, files: readonly PinnedFile[]): ModelEntry {
  const fileOf = (path: string) => {
    const found = files.find((file) => file.path === path);
    if (found !== undefined) return found;
    throw new Fault('model-file', `${entry.id} lacks ${path}`);
  };
  const { model, tokenizer, config, sentencepiece } = entry.files;
  const three = { model: fileOf(model.path), tokenizer: fileOf(tokenizer.path), config: fileOf(config.path) };
  const fourth = files.find(({ path }) => path === sentencepiece?.path);
  return { ...entry, folder: '.', files: { ...three, ...(fourth === undefined ? {} : { sentencepiece: fourth }) } };
}

/** A dynamically quantised file taken for another would let verdicts depend on their neighbours. */
async function requireQuantisation({ id, quantisation, files }: ModelEntry, folder: string): Promise<void> {
  const path = join(folder, files.model.path);
  const found = (await scanGraph(path)).quantisation;
  if (found === quantisation) return;
  throw new Fault('model-file', `${path} is quantised otherwise (${found}) than ${id} should be (${quantisation})`);
}
