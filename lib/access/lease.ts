import type { Clock, CounterName, CounterStore } from '../ports.ts';

/** One limit of one window, and how much of it is taken from the shared counter at a time. */
export interface Limit {
  readonly counter: CounterName;
  readonly limit: number;
  readonly lease: number;
}
export interface Leased {
  readonly granted: boolean;
  /** Left in all, as of the last time the counter was seen, less what this process has used since. */
  readonly remaining: number;
}

interface Lease {
  window: string;
  /** Of what was taken from the counter, not used yet. */
  left: number;
  taken: number;
  /** The counter gave nothing; until then it is not asked again. */
  emptyUntilMs: number;
}

/** A refusal is remembered this long, so that a caller over its quota costs no write a request; a raised quota is seen after it. */
const EMPTY_MS = 5_000;
/** Leases that a process holds; the least recently used is forgotten, and what it held is lost to its window. */
const HELD = 10_000;

/** What this process has taken of shared counters, so that most requests touch none. */
export function openLeases({ counters, clock }: { counters: CounterStore; clock: Clock }) {
  const held = new Map<string, Lease>();

  function leaseOf({ counter }: Limit): Lease {
    const key = `${counter.tenant}|${counter.name}`;
    const known = held.get(key);
    const lease =
      known?.window === counter.window ? known : { window: counter.window, left: 0, taken: 0, emptyUntilMs: 0 };
    held.delete(key);
    held.set(key, lease);
    const [oldest] = held.keys();
    if (held.size > HELD && oldest !== undefined) held.delete(oldest);
    return lease;
  }

  async function refill(lease: Lease, { counter, limit, lease: size }: Limit, wanted: number): Promise<void> {
    if (clock.now().getTime() < lease.emptyUntilMs) return;
    const missing = wanted - lease.left;
    const { granted, taken } = await counters.take(counter, Math.max(missing, size), limit);
    lease.left += granted;
    lease.taken = taken;
    if (granted < missing) lease.emptyUntilMs = clock.now().getTime() + EMPTY_MS;
  }

  const remainingOf = (lease: Lease, { limit }: Limit) => Math.max(0, limit - lease.taken + lease.left);

  return {
    /** Takes so many, all or none. What was taken of the counter in vain stays with the process. */
    async take(limit: Limit, wanted: number): Promise<Leased> {
      const lease = leaseOf(limit);
      if (lease.left < wanted) await refill(lease, limit, wanted);
      if (lease.left < wanted) return { granted: false, remaining: remainingOf(lease, limit) };
      lease.left -= wanted;
      return { granted: true, remaining: remainingOf(lease, limit) };
    },
    /** Puts back what was taken and not used. */
    giveBack(limit: Limit, count: number): void {
      leaseOf(limit).left += count;
    },
  };
}
export type Leases = ReturnType<typeof openLeases>;
