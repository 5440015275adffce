import { APIError, Groq } from 'groq-sdk';
import * as z from 'zod';
import { LIMITS } from '../domain/limits.ts';
import type { LanguageModel } from '../ports.ts';
import { FailedCall } from './failed-call.ts';
import {
  type LlmLabel,
  type LlmText,
  NO_LABEL,
  PROMPT_VERSION,
  parseReply,
  promptMessages,
  replySchema,
} from './prompt.ts';
import { retryAfterMs } from './retry.ts';

export interface LanguageModelOptions {
  readonly apiKey: string;
  /** Groq's own where absent. An address that ends in a version (`http://host/v1`) is any OpenAI-compatible service's; another is laid out like Groq's (`/openai/v1` is added). */
  readonly baseUrl?: string;
  readonly model: string;
  /** Told of every answer, good or not: tokens are paid for either way. */
  readonly onTokens?: (tokens: { input: number; output: number }) => void;
}

interface Attempt {
  readonly withSchema: boolean;
  readonly signal: AbortSignal;
}

const TOKENS_AROUND_RESULTS = 200;
const TOKENS_AROUND_LABEL = 40;
const UTF8_BYTES_PER_CHAR = 3;

/** A language model behind an OpenAI-compatible chat endpoint, through groq-sdk: one request a call, or two where a schema was refused. Every failure is a `FailedCall`. */
export function openLanguageModel(options: LanguageModelOptions): LanguageModel {
  const client = new Groq({
    apiKey: options.apiKey,
    baseURL: options.baseUrl,
    maxRetries: 0,
    logLevel: 'off',
    ...(endsInVersion(options.baseUrl) ? { fetch: fetchWithoutGroqPath } : {}),
  });
  // Groq holds only some models to a schema; for others plain JSON mode is asked for.
  let takesSchema = true;

  async function complete(texts: readonly LlmText[], labels: readonly LlmLabel[], { withSchema, signal }: Attempt) {
    const { system, user } = promptMessages(texts, labels);
    const reply = await client.chat.completions.create(
      {
        model: options.model,
        messages: [
          { role: 'system', content: system },
          { role: 'user', content: user },
        ],
        temperature: 0,
        max_completion_tokens: mostTokens(texts.length, labels),
        response_format: withSchema
          ? { type: 'json_schema', json_schema: { name: 'log_categories', schema: replySchema(labels) } }
          : { type: 'json_object' },
      },
      { signal },
    );
    if (reply.usage) options.onTokens?.({ input: reply.usage.prompt_tokens, output: reply.usage.completion_tokens });
    return parseReply(reply.choices[0]?.message.content ?? '', texts.length, labels);
  }

  async function answer(texts: readonly LlmText[], labels: readonly LlmLabel[], signal: AbortSignal) {
    const withSchema = takesSchema;
    try {
      return await complete(texts, labels, { withSchema, signal });
    } catch (error) {
      if (!withSchema || !(error instanceof APIError) || error.status !== 400 || isAboutModel(error)) throw error;
      const answers = await complete(texts, labels, { withSchema: false, signal });
      // A 400 may be about anything: an answer without a schema tells that it was the schema.
      takesSchema = false;
      return answers;
    }
  }

  return {
    id: options.model,
    version: PROMPT_VERSION,
    async label(texts, labels, { timeoutMs }) {
      const signal = AbortSignal.timeout(timeoutMs);
      try {
        const answers = await answer(texts, labels, signal);
        return answers.map((given) => given && { ...given, reason: `${options.model} names ${given.label}` });
      } catch (error) {
        throw failedCall(error, signal);
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

/** Of a reply: a label's characters may take a token a byte, so that a fixed number would break replies of long labels off. */
function mostTokens(results: number, labels: readonly LlmLabel[]): number {
  const longest = Math.max(...[NO_LABEL, ...labels.map(({ name }) => name)].map((name) => Buffer.byteLength(name)));
  const ofLabel = Math.min(longest, UTF8_BYTES_PER_CHAR * LIMITS.labelChars);
  return TOKENS_AROUND_RESULTS + (TOKENS_AROUND_LABEL + ofLabel) * results;
}

/** Not good, too large, not understood: what was sent. A refused key or an unknown model is the same for whatever is sent. */
const ABOUT_CONTENT: ReadonlySet<number> = new Set([400, 413, 422]);

const modelCodeSchema = z.object({ error: z.object({ code: z.string().startsWith('model_') }) });

/** Groq answers for a model it has retired by 400 and `model_decommissioned`. */
function isAboutModel({ error }: APIError): boolean {
  return modelCodeSchema.safeParse(error).success;
}

function failedCall(error: unknown, signal: AbortSignal): FailedCall {
  const cause = withoutContent(error);
  if (error instanceof APIError && error.status !== undefined) {
    const isPassing = error.status === 429 || error.status >= 500;
    const blame = ABOUT_CONTENT.has(error.status) && !isAboutModel(error) ? 'content' : 'service';
    const wait = isPassing ? (retryAfterMs(error.headers?.get('retry-after')) ?? 'default') : undefined;
    return new FailedCall(blame, `the language model answered ${error.status}`, { cause, retryAfterMs: wait });
  }
  if (signal.aborted) return new FailedCall('time', 'the language model did not answer in time', { cause });
  if (error instanceof APIError)
    return new FailedCall('service', 'the language model could not be reached', { cause, retryAfterMs: 'default' });
  return new FailedCall('content', 'the language model gave a malformed reply', { cause });
}

/** An error's name only: messages of parsers and services quote what they were sent. */
function withoutContent(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}
