import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

/** What of `starter/training.json`, the record of a training run, this reads. */
const trainingRecord = z.looseObject({ heldOutRepositories: z.array(z.string()) });

/** One sentence on whether the model had these repositories in training: a figure on what it has seen is no held-out figure. */
export async function trainedOnSentence(modelsFolder: string, asked: readonly string[]): Promise<string> {
  const path = join(modelsFolder, 'starter', 'training.json');
  if (!existsSync(path))
    return 'the model comes with no record of its training: take it that it was trained on these repositories';
  const { heldOutRepositories } = trainingRecord.parse(JSON.parse(await readFile(path, 'utf8')));
  const seen = asked.filter((repository) => !heldOutRepositories.includes(repository)).length;
  return seen === 0
    ? 'the model was trained on none of these repositories'
    : `the model was trained on ${seen} of these ${asked.length} repositories`;
}
