import { APIError, Groq } from 'groq-sdk';
import { Retryable } from '../domain/errors.ts';
import type { LanguageModel } from '../ports.ts';
import { type LlmLabel, type LlmText, PROMPT_VERSION, parseReply, promptMessages, replySchema } from './prompt.ts';
import { retryAfterMs, withRetries } from './retry.ts';

export interface LanguageModelOptions {
  readonly apiKey: string;
  /** Groq's own where absent. An address that ends in a version (`http://host/v1`) is any OpenAI-compatible service's; another is laid out like Groq's (`/openai/v1` is added). */
  readonly baseUrl?: string;
  readonly model: string;
  /** Told of every answer, good or not: tokens are paid for either way. */
  readonly onTokens?: (tokens: { input: number; output: number }) => void;
}

const TRIES = 3;
const FIRST_PAUSE_MS = 250;
const TOKENS_PER_RESULT = 60;

/** A language model behind an OpenAI-compatible chat endpoint, through groq-sdk. Every failure is a `Retryable` that never holds what was sent. */
export function openLanguageModel(options: LanguageModelOptions): LanguageModel {
  const client = new Groq({
    apiKey: options.apiKey,
    baseURL: options.baseUrl,
    maxRetries: 0,
    logLevel: 'off',
    ...(endsInVersion(options.baseUrl) ? { fetch: fetchWithoutGroqPath } : {}),
  });
  // Groq holds only some models to a schema; the first 400 tells, and from then on plain JSON mode is asked for.
  let takesSchema = true;

  async function complete(texts: readonly LlmText[], labels: readonly LlmLabel[], signal: AbortSignal) {
    const { system, user } = promptMessages(texts, labels);
    const reply = await client.chat.completions.create(
      {
        model: options.model,
        messages: [
          { role: 'system', content: system },
          { role: 'user', content: user },
        ],
        temperature: 0,
        max_completion_tokens: 200 + TOKENS_PER_RESULT * texts.length,
        response_format: takesSchema
          ? { type: 'json_schema', json_schema: { name: 'log_categories', schema: replySchema(labels) } }
          : { type: 'json_object' },
      },
      { signal },
    );
    if (reply.usage) options.onTokens?.({ input: reply.usage.prompt_tokens, output: reply.usage.completion_tokens });
    return parseReply(reply.choices[0]?.message.content ?? '', texts.length, labels);
  }

  function waitAfter(error: unknown): number | 'default' | 'never' {
    if (!(error instanceof APIError)) return 'never';
    if (error.status === 400 && takesSchema) {
      takesSchema = false;
      return 0;
    }
    if (error.status === undefined || error.status === 429 || error.status >= 500)
      return retryAfterMs(error.headers?.get('retry-after')) ?? 'default';
    return 'never';
  }

  return {
    id: options.model,
    version: PROMPT_VERSION,
    async label(texts, labels, { timeoutMs }) {
      const signal = AbortSignal.timeout(timeoutMs);
      const waitInTime = (error: unknown) => {
        const wait = waitAfter(error);
        return typeof wait === 'number' && wait >= timeoutMs ? 'never' : wait;
      };
      try {
        const answers = await withRetries(() => complete(texts, labels, signal), {
          tries: TRIES,
          pauseMs: FIRST_PAUSE_MS,
          signal,
          waitAfter: waitInTime,
        });
        return answers.map((answer) => answer && { ...answer, reason: `${options.model} names ${answer.label}` });
      } catch (error) {
        throw new Retryable('language-model', failureSentence(error, signal), { cause: withoutContent(error) });
      }
    },
  };
}

const VERSIONED = /\/v\d+[a-z0-9]*\/?$/;

function endsInVersion(baseUrl: string | undefined): boolean {
  return baseUrl !== undefined && VERSIONED.test(baseUrl);
}

/** groq-sdk adds `/openai/v1` to every address; other services have their version in it already. */
function fetchWithoutGroqPath(url: string | URL | Request, init?: RequestInit): Promise<Response> {
  return fetch(typeof url === 'string' ? url.replace('/openai/v1/', '/') : url, init);
}

function failureSentence(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'the language model did not answer in time';
  if (error instanceof APIError && error.status !== undefined) return `the language model answered ${error.status}`;
  if (error instanceof APIError) return 'the language model could not be reached';
  return 'the language model gave a malformed reply';
}

/** An error's name only: messages of parsers and services quote what they were sent. */
function withoutContent(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}
