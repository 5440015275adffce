import { LIMITS } from '../domain/limits.ts';
import { type PartialQuota, type Quotas, quotaOf } from '../domain/quota.ts';
import type { Clock, CounterStore } from '../ports.ts';
import { type Leases, type Limit, openLeases } from './lease.ts';
import { OverQuota, type Policy, type Standing } from './over-quota.ts';

/** Who uses something: a tenant, and the key where one was sent, with what that key may use. */
export interface Account {
  readonly tenant: string;
  readonly keyId?: string;
  readonly quota?: PartialQuota;
}

export interface QuotaGate {
  /** Counts a request. Throws `OverQuota`. */
  request(account: Account): Promise<Standing>;
  /** Counts lines, all or none. `once`: counted once however often it is said, in any process; false when it was before. Throws `OverQuota`. */
  lines(account: Account, count: number, once?: string): Promise<boolean>;
  /** The same of lines that cannot be parted: more than a whole day's quota count as that, so that they wait for a day and not for ever. */
  wholeLines(account: Account, count: number, once: string): Promise<boolean>;
  /** Whether so many would be let through as whole lines, as far as can be told without taking them. */
  hasWholeLines(account: Account, count: number): Promise<boolean>;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * The service's own limits, of keys and of tenants. A process takes leases of shared counters, which never grant more
 * than the limit: nobody gets more than it. What a process holds when it ends is lost to the window, so that at worst
 * a limit is felt early, by one lease a process (`LIMITS.leasesPerQuota`).
 */
export function openQuotaGate(ports: { counters: CounterStore; clock: Clock; quotas: Quotas }): QuotaGate {
  const { clock, counters, quotas } = ports;
  const leases = openLeases(ports);
  const gate: QuotaGate = {
    request: (account) => takeAll(leases, requestLimits(account, quotas, clock), 1),
    wholeLines: (account, count, once) =>
      gate.lines(account, atMostADay(lineLimits(account, quotas, clock), count), once),
    lines: async (account, count, once) => {
      const limits = lineLimits(account, quotas, clock);
      if (once === undefined) return takeAll(leases, limits, count).then(() => true);
      try {
        await takeAll(leases, limits, count);
      } catch (error) {
        // Said before, and counted then.
        if (error instanceof OverQuota && (await counters.isMarked(account.tenant, once))) return false;
        throw error;
      }
      if (await counters.markOnce(account.tenant, once)) return true;
      await giveBack(leases, limits, count);
      return false;
    },
    hasWholeLines: async (account, count) => {
      const limits = lineLimits(account, quotas, clock);
      const wanted = atMostADay(limits, count);
      for (const { limit } of limits) if ((await counters.taken(limit.counter)) + wanted > limit.limit) return false;
      return true;
    },
  };
  return gate;
}

interface Named {
  readonly limit: Limit;
  readonly policy: Policy;
  readonly resetSeconds: number;
  readonly of: 'key' | 'tenant';
}

async function takeAll(leases: Leases, limits: readonly Named[], count: number): Promise<Standing> {
  const standings: Standing[] = [];
  for (const [index, { limit, policy, resetSeconds, of }] of limits.entries()) {
    const { granted, remaining } = await leases.take(limit, count);
    const standing = { ...policy, remaining, resetSeconds };
    if (!granted) {
      await giveBack(leases, limits.slice(0, index), count);
      throw new OverQuota(standing, overQuotaSentence(standing, of, count));
    }
    standings.push(standing);
  }
  return tightest(standings);
}

/** Where nothing is ever let through, so many stay so many. */
function atMostADay(limits: readonly Named[], count: number): number {
  const most = Math.min(...limits.map(({ limit }) => limit.limit));
  return most === 0 ? count : Math.min(count, most);
}

async function giveBack(leases: Leases, limits: readonly Named[], count: number): Promise<void> {
  for (const { limit } of limits) await leases.giveBack(limit, count);
}

function tightest(standings: readonly Standing[]): Standing {
  const [first, ...rest] = standings;
  if (first === undefined) throw new RangeError('no limit');
  return rest.reduce((least, each) => (each.remaining < least.remaining ? each : least), first);
}

function overQuotaSentence({ name, quota, remaining, resetSeconds }: Standing, of: Named['of'], count: number): string {
  return name === 'requests'
    ? `This ${of} may make ${quota} requests a minute. Try again in ${resetSeconds} s.`
    : `This ${of} may send ${quota} lines a day; ${remaining} are left and ${count} were sent. The next day begins in ${resetSeconds} s (0:00 UTC).`;
}

function requestLimits({ tenant, keyId, quota }: Account, quotas: Quotas, clock: Clock): readonly Named[] {
  const nowMs = clock.now().getTime();
  const window = new Date(nowMs).toISOString().slice(0, 16);
  const resetSeconds = Math.ceil((MINUTE_MS - (nowMs % MINUTE_MS)) / 1_000);
  const of = (most: number, name: string, whose: Named['of']): Named => ({
    limit: { counter: { tenant, name, window }, limit: most, lease: leaseSize(most, LIMITS.leaseRequests) },
    policy: { name: 'requests', quota: most, windowSeconds: MINUTE_MS / 1_000 },
    resetSeconds,
    of: whose,
  });
  const ofTenant = of(quotaOf(quotas, tenant).requestsPerMinute, 'requests', 'tenant');
  const most = quota?.requestsPerMinute;
  return keyId === undefined || most === undefined ? [ofTenant] : [of(most, `requests#${keyId}`, 'key'), ofTenant];
}

function lineLimits({ tenant, keyId, quota }: Account, quotas: Quotas, clock: Clock): readonly Named[] {
  const nowMs = clock.now().getTime();
  const window = new Date(nowMs).toISOString().slice(0, 10);
  const resetSeconds = Math.ceil((DAY_MS - (nowMs % DAY_MS)) / 1_000);
  const of = (most: number, name: string, whose: Named['of']): Named => ({
    limit: { counter: { tenant, name, window }, limit: most, lease: leaseSize(most, LIMITS.leaseLines) },
    policy: { name: 'lines', quota: most, windowSeconds: DAY_MS / 1_000 },
    resetSeconds,
    of: whose,
  });
  const ofTenant = of(quotaOf(quotas, tenant).linesPerDay, 'lines', 'tenant');
  const most = quota?.linesPerDay;
  return keyId === undefined || most === undefined ? [ofTenant] : [of(most, `lines#${keyId}`, 'key'), ofTenant];
}

function leaseSize(limit: number, most: number): number {
  return Math.max(1, Math.min(most, Math.floor(limit / LIMITS.leasesPerQuota)));
}
