import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

/** What of a manifest this reads: the repositories that a model's training left out. */
const manifestPart = z.object({
  models: z.array(
    z.looseObject({
      id: z.string(),
      training: z.looseObject({ heldOutRepositories: z.array(z.string()).optional() }).optional(),
    }),
  ),
});

/** One sentence on whether the model had these repositories in training: a figure on what it has seen is no held-out figure. */
export async function trainedOnSentence(
  modelsFolder: string,
  modelId: string,
  asked: readonly string[],
): Promise<string> {
  const manifest = await readFile(join(modelsFolder, 'manifest.json'), 'utf8');
  const { models } = manifestPart.parse(JSON.parse(manifest));
  const heldOut = models.find(({ id }) => id === modelId)?.training?.heldOutRepositories;
  if (heldOut === undefined)
    return 'the manifest names no repositories that training left out: take it that the model was trained on these';
  const seen = asked.filter((repository) => !heldOut.includes(repository)).length;
  return seen === 0
    ? 'the model was trained on none of these repositories'
    : `the model was trained on ${seen} of these ${asked.length} repositories`;
}
