import { openLanguageModel } from '../../lib/llm/groq-language-model.ts';
import type { LanguageModel } from '../../lib/ports.ts';
import { openPorts } from '../ports.ts';

type Open = (apiKey: string) => LanguageModel;

/** The process's language model; undefined where no key is configured: then the stage is off and says so in the verdicts that wanted it. */
export function processLanguageModel(): LanguageModel | undefined {
  const { config, secrets } = openPorts();
  const { LLM_SECRET_ARN: secret, GROQ_API_KEY: apiKey, LLM_BASE_URL: baseUrl, LLM_MODEL: model } = config;
  const open: Open = (key) => openLanguageModel({ apiKey: key, baseUrl, model });
  if (secret) return modelOfSecret(() => secrets.get(secret), open);
  return apiKey ? open(apiKey) : undefined;
}

/**
 * Asks for its key before each call (the port keeps it for minutes), so that a rotated one is taken up, and a secret
 * that cannot be read costs this stage and not the whole service.
 */
function modelOfSecret(readKey: () => Promise<string>, open: Open): LanguageModel {
  let current = { key: '', model: open('not read yet') };
  const { id, version } = current.model;
  return {
    id,
    version,
    async label(...call) {
      const key = await readKey();
      if (key !== current.key) current = { key, model: open(key) };
      return current.model.label(...call);
    },
  };
}
