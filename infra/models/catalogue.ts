import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidInput } from '../../lib/domain/errors.ts';
import { isPinned, type ModelEntry, readManifest } from '../../lib/inference/manifest.ts';

export interface ModelFolders {
  /** Holds manifest.json and the models that come with the repository. */
  readonly models: string;
  /** Holds a folder for each model that was pulled, added or made. */
  readonly pulled: string;
}

/** Every model that the manifest describes, installed or not, and those that owners have added under ids of their own. */
export async function readCatalogue({ models, pulled }: ModelFolders): Promise<readonly ModelEntry[]> {
  const listed = (await readManifest(models)).models;
  const names = existsSync(pulled) ? readdirSync(pulled).filter((name) => !name.startsWith('.')) : [];
  const others = names.filter((id) => !listed.some((entry) => entry.id === id));
  const added = await Promise.all(others.map((id) => addedEntry(join(pulled, id), id)));
  return [...listed, ...added.flat()];
}

/** The model that a folder's own manifest gives this id, to be installed beside the manifest's. */
export async function addedEntry(folder: string, id: string): Promise<readonly ModelEntry[]> {
  if (!existsSync(join(folder, 'manifest.json'))) return [];
  const { models } = await readManifest(folder);
  return models.filter((entry) => entry.id === id).map((entry) => ({ ...entry, folder: undefined }));
}

/** Throws `InvalidInput('model-id')` that names the ids there are. */
export function findModel(catalogue: readonly ModelEntry[], id: string): ModelEntry {
  const found = catalogue.find((entry) => entry.id === id);
  if (found !== undefined) return found;
  throw new InvalidInput(
    'model-id',
    `There is no model ${id}. There are: ${catalogue.map((each) => each.id).join(', ')}.`,
  );
}

/** Where a model's files lie, or would. */
export function folderOf(entry: ModelEntry, { models, pulled }: ModelFolders): string {
  return entry.folder === undefined ? join(pulled, entry.id) : join(models, entry.folder);
}

/** Comes with the repository: there is nothing to pull, and nothing to remove. */
export const isOwn = (entry: ModelEntry): boolean => entry.folder !== undefined;

/** Refuses what the command does not do with models of the repository. Throws `InvalidInput('model-id')`. */
export function refuseOwn(entry: ModelEntry): void {
  if (isOwn(entry)) throw new InvalidInput('model-id', `${entry.id} comes with this repository: it is always there.`);
}

/** `int8`, `fp32`. */
export const precisionOf = ({ quantisation }: ModelEntry): string => (quantisation === 'none' ? 'fp32' : 'int8');

/** Files of which nobody has told the digest yet. */
export function unpinnedFiles({ files }: ModelEntry): readonly string[] {
  return Object.values(files)
    .filter((file) => !isPinned(file))
    .map(({ path }) => path);
}
