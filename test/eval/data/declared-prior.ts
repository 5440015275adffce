import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

const scoreFile = z.looseObject({ formula: z.looseObject({ prior: z.number().gt(0).lt(1) }).optional() });

/** Share of anomalies among the statements that the first weights learned from; stands in where score.json declares none. */
const TRAINING_SHARE = 0.52;

/** The base rate for which the content score is a probability, as score.json declares it. */
export async function declaredPrior(modelsFolder: string): Promise<{ prior: number; declared: boolean }> {
  const { formula } = scoreFile.parse(JSON.parse(await readFile(join(modelsFolder, 'score.json'), 'utf8')));
  return { prior: formula?.prior ?? TRAINING_SHARE, declared: formula !== undefined };
}
