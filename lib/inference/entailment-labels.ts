import { join } from 'node:path';
import * as z from 'zod';
import { Fault } from '../domain/errors.ts';
import { type EntailmentEntry, readJson } from './manifest.ts';
import type { PassOutputs } from './pass.ts';
import type { EntailmentLogits } from './zero-shot-probabilities.ts';

const configSchema = z.looseObject({ id2label: z.record(z.string().regex(/^\d+$/), z.string()) });

/** Which of a model's logits mean what. */
export interface EntailmentIndexes {
  readonly labels: number;
  readonly entailment: number;
  readonly notEntailment: number;
}

/**
 * Reads the label map of a model's config file. The entailment logit is found by its name: published models disagree
 * on its place, and a wrong guess turns every answer into its opposite. Where the manifest says what the map is, it
 * must be that.
 * Throws `Fault('model-labels')` that names the file where the map is absent, has gaps, lacks a name or is another.
 */
export async function readEntailmentIndexes(
  folder: string,
  { files, labels: expected }: Pick<EntailmentEntry, 'files' | 'labels'>,
): Promise<EntailmentIndexes> {
  const path = join(folder, files.config.path);
  const parsed = configSchema.safeParse(await readJson(path, 'model-file'));
  if (!parsed.success) throw new Fault('model-labels', `${path} has no id2label map`, { cause: parsed.error });
  const names = Object.entries(parsed.data.id2label).map(([id, name]) => ({
    id: Number(id),
    name: name.toLowerCase(),
  }));
  const labels = names.map(({ name }) => name).join(', ');
  const idOf = (...wanted: readonly string[]): number => {
    const found = wanted.map((name) => names.find((label) => label.name === name)?.id).find((id) => id !== undefined);
    if (found !== undefined && found < names.length) return found;
    throw new Fault('model-labels', `${path} has no label ${wanted.join(' or ')} in id2label (${labels})`);
  };
  const indexes = {
    labels: names.length,
    entailment: idOf('entailment'),
    notEntailment: idOf('not_entailment', 'contradiction'),
  };
  const byId = names.toSorted((a, b) => a.id - b.id).map(({ name }) => name);
  if (expected === undefined || expected.join() === byId.join()) return indexes;
  throw new Fault('model-labels', `${path} gives the labels ${labels}; the manifest says ${expected.join(', ')}`);
}

/** A pair's two logits out of a pass. Throws `Fault('model-labels')` where there are more or fewer than the map names. */
export function logitsOfRow(
  { logits }: PassOutputs,
  { labels, entailment, notEntailment }: EntailmentIndexes,
  { row, rows }: { readonly row: number; readonly rows: number },
): EntailmentLogits {
  const width = (logits?.length ?? 0) / rows;
  if (logits === undefined || width !== labels)
    throw new Fault('model-labels', `the model gives ${width} logits, its id2label names ${labels}`);
  const at = (index: number): number => logits[row * labels + index] ?? Number.NaN;
  return { entailment: at(entailment), notEntailment: at(notEntailment) };
}
