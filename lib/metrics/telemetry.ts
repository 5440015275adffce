import { AsyncLocalStorage } from 'node:async_hooks';
import { errorToFields } from '../log.ts';
import type { Clock, Log, MetricStore, UsageStore, Use } from '../ports.ts';
import { openMeter, type ProcessMeter } from './meter.ts';
import { openUse, type User } from './use.ts';

/** What a process counts, and when it says so. */
export interface Telemetry {
  readonly meter: ProcessMeter;
  /** Counts use by a user; without one, by whoever the work in hand is for (`onBehalf`). */
  used(use: Partial<Use>, user?: User): void;
  /** Runs work whose use is the user's. */
  onBehalf<Result>(user: User, work: () => Promise<Result>): Promise<Result>;
  /** Writes what was counted if a minute has passed since it last did. Never throws: numbers are not worth an answer. */
  flushIfDue(): Promise<void>;
}

const FLUSH_MS = 60_000;

/**
 * A function may be frozen right after its answer and has no timer to trust, so what is due is written at the end of an
 * invocation, the next one's where it was frozen. A process that is ended loses its last minute of numbers.
 */
export function openTelemetry(ports: {
  metrics: Pick<MetricStore, 'add'>;
  usage: Pick<UsageStore, 'add'>;
  clock: Clock;
  log: Log;
}): Telemetry {
  const { metrics, usage, clock, log } = ports;
  const meter = openMeter();
  const uses = openUse();
  const users = new AsyncLocalStorage<User>();
  // The first minute begins with the process: one that lives for a single call has told by its end.
  let flushedMs = Number.NEGATIVE_INFINITY;

  async function flush(): Promise<void> {
    const sums = meter.drain();
    try {
      if (sums.size > 0) await metrics.add(sums);
    } catch (error) {
      log('warn', 'metrics-unwritten', errorToFields(error));
    }
    await uses.flush(usage);
  }

  return {
    meter,
    used: (use, user = users.getStore()) => {
      if (user !== undefined) uses.add(user, clock.now().toISOString().slice(0, 10), use);
    },
    onBehalf: (user, work) => users.run(user, work),
    flushIfDue: async () => {
      const nowMs = clock.now().getTime();
      if (nowMs - flushedMs < FLUSH_MS) return;
      flushedMs = nowMs;
      await flush();
    },
  };
}
