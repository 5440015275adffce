import { setTimeout as sleep } from 'node:timers/promises';

export interface RetryOptions {
  /** Tries in all. */
  readonly tries: number;
  /** First pause; doubles each time. */
  readonly pauseMs: number;
  /** Ends waiting and trying. */
  readonly signal: AbortSignal;
  /** How long to wait after this error: a number of milliseconds, `default`, or `never` to give up at once. */
  readonly waitAfter: (error: unknown) => number | 'default' | 'never';
}

/** Calls until it succeeds, the error is final, the tries are used up or the signal ends it; throws the last error. */
export async function withRetries<Result>(call: () => Promise<Result>, options: RetryOptions): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      const wait = options.waitAfter(error);
      if (wait === 'never' || attempt >= options.tries || options.signal.aborted) throw error;
      await sleep(wait === 'default' ? options.pauseMs * 2 ** (attempt - 1) : wait, undefined, {
        signal: options.signal,
      });
    }
  }
}

/** Milliseconds that a Retry-After header asks for: seconds only, as the services we call send it; undefined for anything else. */
export function retryAfterMs(header: string | null | undefined): number | undefined {
  if (header === null || header === undefined || !/^\d{1,6}(\.\d{1,3})?$/.test(header)) return undefined;
  return Number(header) * 1000;
}
