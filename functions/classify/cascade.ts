import type { AnomalyQuestions } from '../../lib/cascade/anomaly-questions.ts';
import { type OpenedCascade, openCascade } from '../../lib/cascade/open-cascade.ts';
import { isOnTrial } from '../../lib/jobs/trial.ts';
import { deploymentFault, openPorts } from '../ports.ts';
import { processLanguageModel } from './language-model.ts';

const opening = new Map<string, Promise<OpenedCascade>>();

/** The process's cascade. A failed load is not kept, so that the next call tries again. */
export function processCascade(): Promise<OpenedCascade> {
  return cascadeOfFolder(openPorts().config.MODELS_FOLDER);
}

/** The anomaly question to the models of the process's cascade. */
export async function processQuestions(): Promise<AnomalyQuestions> {
  const cascade = await processCascade();
  return cascade.anomalyQuestions().catch((error: unknown) => {
    throw deploymentFault(error);
  });
}

/** The cascade that judges a job: the usual one, or for its share of jobs the one on trial. */
export function cascadeForJob(jobId: string): Promise<OpenedCascade> {
  const { SPLIT_MODELS_FOLDER: trial, SPLIT_MODELS_SHARE: share } = openPorts().config;
  return trial !== undefined && isOnTrial(jobId, share) ? cascadeOfFolder(trial) : processCascade();
}

function cascadeOfFolder(folder: string): Promise<OpenedCascade> {
  const opened =
    opening.get(folder) ??
    open(folder).catch((error: unknown) => {
      opening.delete(folder);
      throw deploymentFault(error);
    });
  opening.set(folder, opened);
  return opened;
}

async function open(modelsFolder: string): Promise<OpenedCascade> {
  const { config, cache, clock, log, telemetry } = openPorts();
  const startedMs = clock.now().getTime();
  const cascade = await openCascade({
    modelsFolder,
    threads: config.INFERENCE_THREADS,
    entailmentFolder: config.ENTAILMENT_FOLDER,
    cache,
    languageModel: processLanguageModel(),
    log,
    clock,
    meter: telemetry.meter,
  });
  const which = modelsFolder === config.MODELS_FOLDER ? 'usual' : 'trial';
  telemetry.meter.observeMs('modelLoadMs', [which], clock.now().getTime() - startedMs);
  return cascade;
}
