import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type * as z from 'zod';
import { checkHeadLabels, headSchema } from '../../lib/cascade/category-head.ts';
import { compileRules, rulesSchema } from '../../lib/cascade/rules.ts';
import { settingsSchema as labelsSchema } from '../../lib/cascade/settings.ts';
import { LogsieveError } from '../../lib/domain/errors.ts';
import type { Settings } from './settings.ts';

/** Lambda takes images of 10 GB; 2 of them are left for the base, the code and the starter model. */
export const MAX_MODEL_BYTES = 8_000_000_000;

/** What of the labels, rules and models an image could not be made of, or would not start with. */
export function modelFaults({ image, models }: Settings, repository: string): readonly string[] {
  // Of an image that was made elsewhere the models need not lie here; the labels and rules it was built with do.
  if (image !== undefined) return labelFaults(models, repository);
  return [...labelFaults(models, repository), ...folderFaults(models, repository)];
}

function labelFaults({ labels, rules }: Settings['models'], repository: string): readonly string[] {
  const found = readChecked('models.labels', join(repository, labels), labelsSchema);
  const ruled = readChecked('models.rules', join(repository, rules), rulesSchema);
  if (found.data === undefined || ruled.data === undefined) return [...found.faults, ...ruled.faults];
  const { data } = ruled;
  const named = new Set(found.data.labels.map(({ name }) => name));
  return [
    ...faultOf(`models.rules: ${rules}`, () => compileRules(data.rules, named)),
    ...(found.data.stages.includes('embedding') ? headFaults(labels, named, repository) : []),
  ];
}

/** All stages have one head. */
function headFaults(labels: string, named: ReadonlySet<string>, repository: string): readonly string[] {
  const head = readChecked('models.labels', join(repository, 'models', 'starter', 'head.json'), headSchema);
  const { data } = head;
  return data === undefined ? head.faults : faultOf(`models.labels: ${labels}`, () => checkHeadLabels(data, named));
}

function faultOf(key: string, check: () => void): readonly string[] {
  try {
    check();
    return [];
  } catch (error) {
    if (!(error instanceof LogsieveError)) throw error;
    return [`${key}: ${error.message}`];
  }
}

function readChecked<Schema extends z.ZodType>(key: string, path: string, schema: Schema) {
  const parsed = schema.safeParse(readJson(path));
  if (parsed.success) return { data: parsed.data, faults: [] };
  const faults = parsed.error.issues.map(({ path: at, message }) =>
    [key, path, ...(at.length === 0 ? [] : [at.join('.')]), message].join(': '),
  );
  return { data: undefined, faults: existsSync(path) ? faults : [`${key}: there is no ${path}`] };
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function folderFaults({ entailment, split }: Settings['models'], repository: string): readonly string[] {
  const named = [
    ...(entailment === undefined ? [] : [{ key: 'models.entailment', folder: join(repository, entailment) }]),
    ...(split === undefined ? [] : [{ key: 'models.split.folder', folder: join(repository, split.folder) }]),
  ];
  const missing = named.filter(({ folder }) => !existsSync(folder));
  const bytes = named.reduce((sum, { folder }) => sum + folderBytes(folder), 0);
  return [
    ...missing.map(({ key, folder }) => `${key}: there is no folder ${folder}`),
    ...(bytes > MAX_MODEL_BYTES
      ? [
          `${named.map(({ key }) => key).join(', ')}: the files come to ${(bytes / 1e9).toFixed(1)} GB; an image holds 8 GB of models`,
        ]
      : []),
  ];
}

function folderBytes(folder: string): number {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
