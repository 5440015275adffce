import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../ports.ts';
import { FailedCall } from './failed-call.ts';

export interface RetryOptions {
  readonly clock: Clock;
  /** Of all tries and the pauses between them. */
  readonly timeoutMs: number;
  /** Asked before every try but the first; false ends them. */
  readonly mayRetry: () => boolean;
}

const TRIES = 3;
/** Doubles each time. */
const FIRST_PAUSE_MS = 250;

/** Calls, with the time that is left, until it succeeds, the error is final, or tries, time or leave are used up; throws the last error. */
export async function withRetries<Result>(
  call: (leftMs: number) => Promise<Result>,
  { clock, timeoutMs, mayRetry }: RetryOptions,
): Promise<Result> {
  const startedAt = clock.now().getTime();
  const leftMs = () => timeoutMs - (clock.now().getTime() - startedAt);
  for (let attempt = 1; ; attempt++) {
    try {
      return await call(Math.max(1, leftMs()));
    } catch (error) {
      const pauseMs = pauseAfter(error, attempt);
      if (pauseMs === undefined || pauseMs >= leftMs() || !mayRetry()) throw error;
      await sleep(pauseMs);
    }
  }
}

function pauseAfter(error: unknown, attempt: number): number | undefined {
  if (!(error instanceof FailedCall) || attempt >= TRIES) return undefined;
  return error.retryAfterMs === 'default' ? FIRST_PAUSE_MS * 2 ** (attempt - 1) : error.retryAfterMs;
}

/** Milliseconds that a Retry-After header asks for: seconds only, as the services we call send it; undefined for anything else. */
export function retryAfterMs(header: string | null | undefined): number | undefined {
  if (header === null || header === undefined || !/^\d{1,6}(\.\d{1,3})?$/.test(header)) return undefined;
  return Number(header) * 1000;
}
