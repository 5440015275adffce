import { openCascade } from '../../lib/cascade/open-cascade.ts';
import { openLanguageModel } from '../../lib/llm/groq-language-model.ts';
import type { LanguageModel } from '../../lib/ports.ts';
import { openPorts } from '../ports.ts';

type OpenCascade = Awaited<ReturnType<typeof openCascade>>;

let opening: Promise<OpenCascade> | undefined;

/** The process's cascade. A failed load is not kept, so that the next call tries again. */
export function processCascade(): Promise<OpenCascade> {
  opening ??= open().catch((error: unknown) => {
    opening = undefined;
    throw error;
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
    languageModel: await languageModel(),
    log,
    clock,
  });
}

/** Undefined without a key: then the stage is off and says so in the verdicts that wanted it. */
async function languageModel(): Promise<LanguageModel | undefined> {
  const { config, secrets } = openPorts();
  const apiKey = config.LLM_SECRET_ARN === undefined ? config.GROQ_API_KEY : await secrets.get(config.LLM_SECRET_ARN);
  if (apiKey === undefined || apiKey === '') return undefined;
  return openLanguageModel({ apiKey, baseUrl: config.LLM_BASE_URL, model: config.LLM_MODEL });
}
