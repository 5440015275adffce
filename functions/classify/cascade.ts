import { openCascade } from '../../lib/cascade/open-cascade.ts';
import { deploymentFault, openPorts } from '../ports.ts';
import { processLanguageModel } from './language-model.ts';

type OpenCascade = Awaited<ReturnType<typeof openCascade>>;

let opening: Promise<OpenCascade> | undefined;

/** The process's cascade. A failed load is not kept, so that the next call tries again. */
export function processCascade(): Promise<OpenCascade> {
  opening ??= open().catch((error: unknown) => {
    opening = undefined;
    throw deploymentFault(error);
  });
  return opening;
}

async function open(): Promise<OpenCascade> {
  const { config, cache, clock, log } = openPorts();
  return openCascade({
    modelsFolder: config.MODELS_FOLDER,
    threads: config.INFERENCE_THREADS,
    entailmentFolder: config.ENTAILMENT_FOLDER,
    cache,
    languageModel: processLanguageModel(),
    log,
    clock,
  });
}
