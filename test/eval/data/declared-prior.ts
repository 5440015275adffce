import { join } from 'node:path';
import { scoreFileSchema } from '../../../lib/cascade/content-score.ts';
import { readSettingsFile } from '../../../lib/cascade/settings.ts';

/** The base rate for which the content score is a probability, as score.json declares it. */
export async function declaredPrior(modelsFolder: string): Promise<number> {
  const { formula } = await readSettingsFile(join(modelsFolder, 'score.json'), 'score', scoreFileSchema);
  return formula.prior;
}
