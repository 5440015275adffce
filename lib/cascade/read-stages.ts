import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { calibrate, calibrationSchema } from './calibration.ts';
import { type CategoryHead, headSchema } from './category-head.ts';
import { type Rule, rulesSchema } from './rules.ts';
import { readSettingsFile, type Settings, settingsSchema } from './settings.ts';

/** What the category stages are steered by. */
export interface StageFiles {
  readonly settings: Settings;
  readonly rules: readonly Rule[];
  readonly head: CategoryHead;
}

/** Reads labels.json, rules.json and the head of a models folder, confidences as calibration.json has them; without one, as the files themselves. Throws `InvalidInput` that names the file and its fault. */
export async function readStageFiles(modelsFolder: string): Promise<StageFiles> {
  const calibrationFile = join(modelsFolder, 'calibration.json');
  const [settings, { rules }, head, calibration] = await Promise.all([
    readSettingsFile(join(modelsFolder, 'labels.json'), 'labels', settingsSchema),
    readSettingsFile(join(modelsFolder, 'rules.json'), 'rules', rulesSchema),
    readSettingsFile(join(modelsFolder, 'starter', 'head.json'), 'head', headSchema),
    existsSync(calibrationFile) ? readSettingsFile(calibrationFile, 'calibration', calibrationSchema) : undefined,
  ]);
  return { head, ...calibrate({ rules, settings }, calibration, head.trainedOn) };
}
