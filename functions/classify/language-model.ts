import { openLanguageModel } from '../../lib/llm/groq-language-model.ts';
import { modelOfSecret } from '../../lib/llm/model-of-secret.ts';
import type { LanguageModel } from '../../lib/ports.ts';
import { openPorts } from '../ports.ts';

/** The process's language model; undefined where no key is configured: then the stage is off and says so in the verdicts that wanted it. */
export function processLanguageModel(): LanguageModel | undefined {
  const { config, secrets, clock } = openPorts();
  const { LLM_SECRET_ARN: secret, GROQ_API_KEY: apiKey, LLM_BASE_URL: baseUrl, LLM_MODEL: model } = config;
  const open = (key: string) => openLanguageModel({ apiKey: key, baseUrl, model });
  if (secret) return modelOfSecret(() => secrets.get(secret), open, clock);
  return apiKey ? open(apiKey) : undefined;
}
