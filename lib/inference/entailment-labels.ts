import { join } from 'node:path';
import * as z from 'zod';
import { Fault } from '../domain/errors.ts';
import { readJson } from './manifest.ts';

const configSchema = z.looseObject({ id2label: z.record(z.string().regex(/^\d+$/), z.string()) });

/** Which of a model's logits mean what. */
export interface EntailmentIndexes {
  readonly labels: number;
  readonly entailment: number;
  readonly notEntailment: number;
}

/**
 * Reads the label map of a model's config file. The entailment logit is found by its name: published models disagree
 * on its place, and a wrong guess turns every answer into its opposite.
 * Throws `Fault('model-labels')` that names the file where the map is absent, has gaps or lacks a name.
 */
export async function readEntailmentIndexes(folder: string, file: string): Promise<EntailmentIndexes> {
  const path = join(folder, file);
  const parsed = configSchema.safeParse(await readJson(path, 'model-file'));
  if (!parsed.success) throw new Fault('model-labels', `${path} has no id2label map`, { cause: parsed.error });
  const names = Object.entries(parsed.data.id2label).map(([id, name]) => ({
    id: Number(id),
    name: name.toLowerCase(),
  }));
  const idOf = (...wanted: readonly string[]): number => {
    const found = wanted.map((name) => names.find((label) => label.name === name)?.id).find((id) => id !== undefined);
    if (found !== undefined && found < names.length) return found;
    const labels = names.map(({ name }) => name).join(', ');
    throw new Fault('model-labels', `${path} has no label ${wanted.join(' or ')} in id2label (${labels})`);
  };
  return {
    labels: names.length,
    entailment: idOf('entailment'),
    notEntailment: idOf('not_entailment', 'contradiction'),
  };
}
