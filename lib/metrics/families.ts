/** Upper ends of the buckets, in milliseconds; the last bucket has none. */
export const BUCKETS_MS = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 20_000] as const;

export interface Family {
  readonly name: string;
  readonly kind: 'counter' | 'histogram' | 'gauge';
  readonly help: string;
  /** What a series is told apart by. Every label has few values that we choose: no tenant, no key, no text of a request. */
  readonly labels: readonly string[];
  /** What is counted is so many times the unit that is shown: histograms in milliseconds, spend in millionths. */
  readonly divisor?: number;
}

/** Every number of the service, by the names of the code that counts it. */
export const families = {
  requests: {
    name: 'logsieve_requests_total',
    kind: 'counter',
    help: 'Requests answered.',
    labels: ['route', 'status'],
  },
  requestMs: {
    name: 'logsieve_request_duration_seconds',
    kind: 'histogram',
    help: 'Time from a request to its answer, in the function.',
    labels: ['route'],
  },
  stageMs: {
    name: 'logsieve_stage_duration_seconds',
    kind: 'histogram',
    help: 'Time a stage of the cascade took for one call, of many patterns.',
    labels: ['stage'],
  },
  lines: {
    name: 'logsieve_lines_total',
    kind: 'counter',
    help: 'Records taken in, by the door they came through.',
    labels: ['door'],
  },
  verdicts: {
    name: 'logsieve_verdicts_total',
    kind: 'counter',
    help: 'Patterns judged, by the stage that settled the category.',
    labels: ['stage'],
  },
  cache: {
    name: 'logsieve_cache_lookups_total',
    kind: 'counter',
    help: 'Patterns looked up: found in the memory of the process, in the store, or judged anew.',
    labels: ['outcome'],
  },
  chunks: {
    name: 'logsieve_chunks_total',
    kind: 'counter',
    help: 'Chunks of jobs handled.',
    labels: ['outcome'],
  },
  deadLetters: {
    name: 'logsieve_dead_letters_total',
    kind: 'counter',
    help: 'Messages given up on.',
    labels: ['outcome'],
  },
  throttled: {
    name: 'logsieve_throttled_total',
    kind: 'counter',
    help: 'Requests refused and jobs made to wait because a quota was used up.',
    labels: ['what'],
  },
  modelLoadMs: {
    name: 'logsieve_model_load_duration_seconds',
    kind: 'histogram',
    help: 'Time that a process took to load its models.',
    labels: ['models'],
  },
  llmCalls: {
    name: 'logsieve_llm_calls_total',
    kind: 'counter',
    help: 'Calls of the language model, each try one.',
    labels: ['outcome'],
  },
  llmTokens: {
    name: 'logsieve_llm_tokens_total',
    kind: 'counter',
    help: 'Tokens that the language model says it read and wrote.',
    labels: ['direction'],
  },
  llmMicroUsd: {
    name: 'logsieve_llm_spend_usd_total',
    kind: 'counter',
    help: 'What the tokens come to at the configured prices: an estimate, not the bill.',
    labels: [],
    divisor: 1_000_000,
  },
  queueDepth: {
    name: 'logsieve_queue_messages',
    kind: 'gauge',
    help: 'Messages waiting, about; the queues of dead letters end in -dead.',
    labels: ['queue'],
  },
} as const satisfies Record<string, Family>;
export type FamilyName = keyof typeof families;

export function isFamily(name: string): name is FamilyName {
  return Object.hasOwn(families, name);
}
