import type { Config } from '../../lib/config.ts';
import { openLanguageModel } from '../../lib/llm/groq-language-model.ts';
import { modelOfSecret } from '../../lib/llm/model-of-secret.ts';
import type { Telemetry } from '../../lib/metrics/telemetry.ts';
import type { LanguageModel } from '../../lib/ports.ts';
import { openPorts } from '../ports.ts';

/** The process's language model; undefined where no key is configured: then the stage is off and says so in the verdicts that wanted it. */
export function processLanguageModel(): LanguageModel | undefined {
  const { config, secrets, clock, telemetry } = openPorts();
  const { LLM_SECRET_ARN: secret, GROQ_API_KEY: apiKey, LLM_BASE_URL: baseUrl, LLM_MODEL: model } = config;
  const onTokens = (tokens: Tokens) => countTokens(telemetry, config, tokens);
  const open = (key: string) => openLanguageModel({ apiKey: key, baseUrl, model, onTokens });
  if (secret) return modelOfSecret(() => secrets.get(secret), open, clock);
  return apiKey ? open(apiKey) : undefined;
}

interface Tokens {
  readonly input: number;
  readonly output: number;
}

/** One call's tokens, for the service's numbers and for whom the call was made. Dollars a million tokens are millionths of one a token. */
function countTokens({ meter, used }: Telemetry, config: Config, { input, output }: Tokens): void {
  const llmMicroUsd = Math.round(input * config.LLM_INPUT_USD_PER_MILLION + output * config.LLM_OUTPUT_USD_PER_MILLION);
  meter.count('llmTokens', ['input'], input);
  meter.count('llmTokens', ['output'], output);
  meter.count('llmMicroUsd', [], llmMicroUsd);
  used({ llmCalls: 1, llmInputTokens: input, llmOutputTokens: output, llmMicroUsd });
}
