import { join } from 'node:path';
import { loadEmbeddingModel } from '../inference/embedding-model.ts';
import { loadEntailmentModel } from '../inference/entailment-model.ts';
import { MASKING_VERSION } from '../masking/mask-record.ts';
import { headSchema } from './category-head.ts';
import { type CascadePorts, composeCascade } from './compose-cascade.ts';
import { fitMismatch, scoreFileSchema } from './content-score.ts';
import { rulesSchema } from './rules.ts';
import { readSettingsFile, settingsSchema } from './settings.ts';
import type { Cascade } from './types.ts';

export interface CascadeOptions extends CascadePorts {
  /** Holds rules.json, labels.json, score.json and starter/. */
  readonly modelsFolder: string;
  /** Threads of an inference session; 0 means all cores. */
  readonly threads: number;
  /** A cross-encoder for the zero-shot stage; without one the embedding's own similarity serves. */
  readonly entailmentFolder?: string;
}

/** Loads models and settings and puts the stages together. Throws `InvalidInput` for a file that does not fit the others; a cascade never starts on a guess. */
export async function openCascade(options: CascadeOptions): Promise<Cascade & { close(): Promise<void> }> {
  const { modelsFolder, threads, entailmentFolder } = options;
  const [settings, { rules }, { formula: score, fit }, head] = await Promise.all([
    readSettingsFile(join(modelsFolder, 'labels.json'), 'labels', settingsSchema),
    readSettingsFile(join(modelsFolder, 'rules.json'), 'rules', rulesSchema),
    readSettingsFile(join(modelsFolder, 'score.json'), 'score', scoreFileSchema),
    readSettingsFile(join(modelsFolder, 'starter', 'head.json'), 'head', headSchema),
  ]);
  const embeddingModel = await loadEmbeddingModel(modelsFolder, { threads });
  const mismatch = fitMismatch(fit, {
    model: `${embeddingModel.id}@${embeddingModel.version}`,
    masking: MASKING_VERSION,
  });
  if (mismatch !== undefined) options.log?.('warn', 'score-fitted-for-another-model', { why: mismatch });
  const entailmentModel =
    entailmentFolder === undefined ? undefined : await loadEntailmentModel(entailmentFolder, { threads });
  const cascade = await composeCascade(
    { settings, rules, score, head, embeddingModel, entailmentModel, maskingVersion: MASKING_VERSION },
    options,
  );
  return {
    ...cascade,
    close: async () => {
      await embeddingModel.close();
      await entailmentModel?.close();
    },
  };
}
