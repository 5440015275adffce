import { join } from 'node:path';
import { loadEmbeddingModel } from '../inference/embedding-model.ts';
import { loadEntailmentModel } from '../inference/entailment-model.ts';
import { MASKING_VERSION } from '../masking/mask-record.ts';
import type { EmbeddingModel } from '../ports.ts';
import { type AnomalyQuestions, openAnomalyQuestions } from './anomaly-questions.ts';
import { type CascadePorts, composeCascade } from './compose-cascade.ts';
import { fitMismatch, scoreFileSchema } from './content-score.ts';
import { readStageFiles } from './read-stages.ts';
import { readSettingsFile } from './settings.ts';
import type { OwnersCascade } from './types.ts';

export interface CascadeOptions extends CascadePorts {
  /** Holds rules.json, labels.json, score.json, calibration.json and starter/. */
  readonly modelsFolder: string;
  /** Threads of an inference session; 0 means all cores. */
  readonly threads: number;
  /** A cross-encoder for the zero-shot stage; without one the embedding's own similarity serves. */
  readonly entailmentFolder?: string;
  /** The folder's model where it is loaded already; whoever loaded it closes it. */
  readonly embeddingModel?: EmbeddingModel;
}

export interface OpenedCascade extends OwnersCascade {
  /** The anomaly question to the cascade's models, which the cascade itself never asks. Throws `InvalidInput('wordings')` for a file of them that cannot be read. */
  anomalyQuestions(): Promise<AnomalyQuestions>;
  close(): Promise<void>;
}

/** Loads models and settings and puts the stages together. Throws `InvalidInput` for a file that does not fit the others; a cascade never starts on a guess. */
export async function openCascade(options: CascadeOptions): Promise<OpenedCascade> {
  const { modelsFolder, threads, entailmentFolder } = options;
  const { settings, rules, head } = await readStageFiles(modelsFolder);
  const { formula: score, fit } = await readSettingsFile(join(modelsFolder, 'score.json'), 'score', scoreFileSchema);
  const embeddingModel = options.embeddingModel ?? (await loadEmbeddingModel(modelsFolder, { threads }));
  const entailmentModel =
    entailmentFolder === undefined ? undefined : await loadEntailmentModel(entailmentFolder, { threads });
  const mismatch = fitMismatch(fit, {
    model: `${embeddingModel.id}@${embeddingModel.version}`,
    masking: MASKING_VERSION,
  });
  if (mismatch !== undefined) options.log?.('warn', 'score-fitted-for-another-model', { why: mismatch });
  const cascade = await composeCascade(
    { settings, rules, score, head, embeddingModel, entailmentModel, maskingVersion: MASKING_VERSION },
    options,
  );
  let questions: Promise<AnomalyQuestions> | undefined;
  return {
    ...cascade,
    anomalyQuestions: () => {
      questions ??= openAnomalyQuestions(modelsFolder, { embeddingModel, entailmentModel }).catch((error: unknown) => {
        questions = undefined;
        throw error;
      });
      return questions;
    },
    close: async () => {
      if (options.embeddingModel === undefined) await embeddingModel.close();
      await entailmentModel?.close();
    },
  };
}
