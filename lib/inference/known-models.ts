import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describeFolder } from './describe-folder.ts';
import { type ModelEntry, readManifest, severityModel } from './manifest.ts';

export interface KnownModel {
  readonly id: string;
  readonly version: string;
  readonly task: string;
  readonly state: 'in-use' | 'installed' | 'known';
  readonly licence: string;
  readonly source: string;
}

/** The models of a manifest, whether their files are there and which of them are asked. Nothing is loaded for it. */
export async function knownModels(modelsFolder: string, entailmentFolder?: string): Promise<readonly KnownModel[]> {
  const manifest = await readManifest(modelsFolder);
  const encoder = severityModel(manifest);
  const entailment =
    entailmentFolder === undefined
      ? undefined
      : await describeFolder(entailmentFolder, { task: 'entailment', known: manifest.models });
  const listed = manifest.models.filter(({ id }) => id !== entailment?.id);
  return [
    ...listed.map((entry) => toKnown(entry, entry === encoder ? 'in-use' : placeOf(modelsFolder, entry))),
    ...(entailment === undefined ? [] : [toKnown(entailment, 'in-use')]),
  ];
}

function placeOf(modelsFolder: string, { id, folder, files }: ModelEntry): KnownModel['state'] {
  return existsSync(join(modelsFolder, folder ?? id, files.model.path)) ? 'installed' : 'known';
}

function toKnown({ id, version, task, licence, source }: ModelEntry, state: KnownModel['state']): KnownModel {
  return { id, version, task, state, licence, source };
}
