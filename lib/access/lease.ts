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
  /** The counter would not give so many; until then it is not asked for as many again. */
  refused: number;
  refusedUntilMs: number;
}

/** A refusal is remembered this long, so that a caller over its quota costs no write a request; a raised quota is seen after it. */
const REFUSED_MS = 5_000;
/** Leases that a process holds; the least recently used is forgotten, and what it held is lost to its window. */
const HELD = 10_000;

/** What this process has taken of shared counters, so that most requests touch none. */
export function openLeases({ counters, clock }: { counters: CounterStore; clock: Clock }) {
  const held = new Map<string, Lease>();

  function leaseOf({ counter }: Limit): Lease {
    const key = `${counter.tenant}|${counter.name}`;
    const known = held.get(key);
    const lease =
      known?.window === counter.window
        ? known
        : { window: counter.window, left: 0, taken: 0, refused: 0, refusedUntilMs: 0 };
    held.delete(key);
    held.set(key, lease);
    const [oldest] = held.keys();
    if (held.size > HELD && oldest !== undefined) held.delete(oldest);
    return lease;
  }

  async function refill(lease: Lease, { counter, limit, lease: size }: Limit, wanted: number): Promise<void> {
    const missing = wanted - lease.left;
    const nowMs = clock.now().getTime();
    if (missing >= lease.refused && nowMs < lease.refusedUntilMs) return;
    const { granted, taken } = await counters.take(counter, { least: missing, most: Math.max(missing, size) }, limit);
    lease.left += granted;
    lease.taken = taken;
    if (granted === 0) Object.assign(lease, { refused: missing, refusedUntilMs: nowMs + REFUSED_MS });
  }

  const remainingOf = (lease: Lease, { limit }: Limit) => Math.max(0, limit - lease.taken + lease.left);

  return {
    /** Takes so many, all or none. */
    async take(limit: Limit, wanted: number): Promise<Leased> {
      const lease = leaseOf(limit);
      if (lease.left < wanted) await refill(lease, limit, wanted);
      if (lease.left < wanted) return { granted: false, remaining: remainingOf(lease, limit) };
      lease.left -= wanted;
      return { granted: true, remaining: remainingOf(lease, limit) };
    },
    /**
     * Puts back what was taken and not used; more than a lease of it goes to the counter, for the other processes.
     * Where the counter cannot be reached it stays here: whoever gives back has something else to say.
     */
    async giveBack(limit: Limit, count: number): Promise<void> {
      const lease = leaseOf(limit);
      const surplus = Math.max(0, lease.left + count - limit.lease);
      lease.left += count - surplus;
      if (surplus === 0) return;
      try {
        await counters.giveBack(limit.counter, surplus);
        lease.taken -= surplus;
      } catch {
        lease.left += surplus;
      }
    },
  };
}
export type Leases = ReturnType<typeof openLeases>;
