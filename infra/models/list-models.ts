import { existsSync } from 'node:fs';
import { isPinned, type ModelEntry } from '../../lib/inference/manifest.ts';
import { columns } from '../local/screen.ts';
import { folderOf, isOwn, type ModelFolders, precisionOf, unpinnedFiles } from './catalogue.ts';
import { megabytes } from './disk-space.ts';

/** A table of the models: what they are for, how large, and whether they are here. */
export function modelLines(catalogue: readonly ModelEntry[], folders: ModelFolders): readonly string[] {
  const rows = catalogue.map((entry) => [
    entry.id,
    entry.task,
    precisionOf(entry),
    sizeOf(entry),
    entry.licence,
    stateOf(entry, folders),
  ]);
  return columns(
    [['id', 'task', 'precision', 'size', 'licence', 'state'], ...rows],
    ['left', 'left', 'left', 'right', 'left', 'left'],
  );
}

/** The weights are nearly all of it. */
function sizeOf({ files }: ModelEntry): string {
  return files.model.bytes === undefined ? '' : megabytes(files.model.bytes);
}

function stateOf(entry: ModelEntry, folders: ModelFolders): string {
  if (isOwn(entry)) return 'comes with the repository';
  if (existsSync(folderOf(entry, folders))) return 'installed';
  if (entry.quantisedFrom !== undefined) return `made from ${entry.quantisedFrom}`;
  const unknown = unpinnedFiles(entry);
  if (unknown.length === 0) return '';
  const which = isPinned(entry.files.model) ? unknown.join(', ') : 'weights';
  return `digest of ${which} is taken from the first pull`;
}
