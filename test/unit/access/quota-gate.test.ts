import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rateLimitHeaders } from '../../../lib/access/over-quota.ts';
import { openQuotaGate } from '../../../lib/access/quota-gate.ts';
import type { PartialQuota } from '../../../lib/domain/quota.ts';
import { fakeClock } from '../../fakes/clock.ts';
import { memoryCounterStore } from '../../fakes/counter-store.ts';

/** A gate for each process, over the same counters. */
function gates(everyone: PartialQuota, processes = 1) {
  const clock = fakeClock('2026-03-01T10:00:30.000Z');
  const counters = memoryCounterStore();
  const quotas = { everyone, tenants: { rich: { linesPerDay: 1_000_000 } } };
  const all = Array.from({ length: processes }, () => openQuotaGate({ counters, clock, quotas }));
  const [first] = all;
  if (first === undefined) throw new RangeError('no process');
  return { clock, counters, first, all };
}
const acme = { tenant: 'acme', keyId: 'k1' };

describe('the quota gate', () => {
  it('lets a tenant make so many requests a minute, and tells when the next begins', async () => {
    const { clock, first } = gates({ requestsPerMinute: 2 });

    const [, second] = [await first.request(acme), await first.request(acme)];
    const third = first.request(acme);

    expect(second).toEqual({ name: 'requests', quota: 2, windowSeconds: 60, remaining: 0, resetSeconds: 30 });
    await expect(third).rejects.toMatchObject({ code: 'too-many-requests', status: 429 });
    clock.advance(30_000);
    expect(await first.request(acme)).toMatchObject({ remaining: 1, resetSeconds: 60 });
  });

  it('touches the shared counter once for many requests', async () => {
    const { counters, first } = gates({ requestsPerMinute: 100_000 });

    for (let request = 0; request < 1_000; request += 1) await first.request(acme);

    expect(counters.touched()).toBe(1);
  });

  it('touches it no oftener for a caller that is over its quota', async () => {
    const { counters, first, clock } = gates({ requestsPerMinute: 1 });
    await first.request(acme);

    for (let request = 0; request < 50; request += 1) await first.request(acme).catch(() => undefined);
    const soon = counters.touched();
    clock.advance(5_000);
    await first.request(acme).catch(() => undefined);

    expect(soon).toBe(2);
    expect(counters.touched()).toBe(3);
  });

  it('never lets through more than the quota, and withholds at most a lease a process', async () => {
    const sends = fc.array(fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 40 })), { maxLength: 120 });
    await fc.assert(
      fc.asyncProperty(sends, fc.integer({ min: 0, max: 2_000 }), async (lines, linesPerDay) => {
        const { all } = gates({ linesPerDay }, 4);
        const lease = Math.max(1, Math.floor(linesPerDay / 100));
        let sent = 0;
        for (const [process, count] of lines) {
          const let_through = await all[process]?.lines(acme, count).then(
            () => true,
            () => false,
          );
          if (let_through) sent += count;
          // Only what the processes hold can be missing.
          else expect(sent + count).toBeGreaterThan(linesPerDay - 4 * lease);
          expect(sent).toBeLessThanOrEqual(linesPerDay);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('takes nothing of the others for a request that is refused', async () => {
    const { all, first, counters } = gates({ linesPerDay: 10_000 }, 3);
    const [, second, third] = all;
    await first.lines(acme, 5_000);

    const refused = await second?.lines(acme, 8_000).catch((error: Error) => error.message);

    expect(refused).toContain('5000 are left and 8000 were sent');
    expect(await third?.lines(acme, 4_800)).toBe(true);
    expect(await counters.taken({ tenant: 'acme', name: 'lines', window: '2026-03-01' })).toBeLessThanOrEqual(10_000);
  });

  it('gives back to the others what a key took before its tenant was refused', async () => {
    const { all, first } = gates({ linesPerDay: 1_000 }, 2);
    const key = { ...acme, quota: { linesPerDay: 2_000 } };

    await expect(first.lines(key, 1_500)).rejects.toThrow(/tenant/);

    expect(await all[1]?.lines(key, 900)).toBe(true);
  });

  it('refuses as over the quota, and loses nothing, where what was taken cannot be given back', async () => {
    const { counters, clock } = gates({});
    const broken = { ...counters, giveBack: () => Promise.reject(new Error('unreachable')) };
    const gate = openQuotaGate({ counters: broken, clock, quotas: { everyone: { linesPerDay: 10 }, tenants: {} } });
    const key = { ...acme, quota: { linesPerDay: 30 } };

    await expect(gate.lines(key, 20)).rejects.toThrow(/This tenant may send 10 lines/);

    expect(await gate.lines(key, 10)).toBe(true);
  });

  it('counts what is said to be the same once, in every process, also when nothing is left', async () => {
    const { all, first } = gates({ linesPerDay: 100 }, 2);

    const said = [
      await first.lines(acme, 60, 'job-1'),
      await first.lines(acme, 60, 'job-1'),
      await all[1]?.lines(acme, 60, 'job-1'),
      await first.lines(acme, 30),
      await all[1]?.lines(acme, 30, 'job-1'),
    ];

    expect(said).toEqual([true, false, false, true, false]);
    await expect(first.lines(acme, 60, 'job-2')).rejects.toMatchObject({ code: 'line-quota' });
    expect(await first.lines(acme, 5, 'job-3')).toBe(true);
  });

  it('holds a key to its own part, and the tenant to the whole', async () => {
    const { first } = gates({ linesPerDay: 50 });
    const narrow = { ...acme, quota: { linesPerDay: 20 } };

    await first.lines(narrow, 20);
    const overKey = first.lines(narrow, 1);
    await expect(overKey).rejects.toThrow(/This key may send 20 lines a day; 0 are left and 1 were sent/);
    await first.lines({ tenant: 'acme' }, 30);

    await expect(first.lines({ tenant: 'acme' }, 1)).rejects.toThrow(/This tenant may send 50 lines/);
    expect(await first.lines({ tenant: 'rich' }, 1_000)).toBe(true);
    expect([await first.hasWholeLines(narrow, 1), await first.hasWholeLines({ tenant: 'rich' }, 1)]).toEqual([
      false,
      true,
    ]);
  });

  it('takes nothing of the key where the tenant has none left', async () => {
    const { first } = gates({ linesPerDay: 10 });
    const key = { ...acme, quota: { linesPerDay: 100 } };

    await expect(first.lines(key, 11)).rejects.toThrow(/tenant/);

    expect(await first.lines(key, 10)).toBe(true);
  });

  it('is generous where nothing is configured', async () => {
    const { first } = gates({});

    expect(await first.lines(acme, 1_000_000)).toBe(true);
  });
});

describe('rateLimitHeaders', () => {
  it('say the policy and what is left of it', () => {
    const standing = { name: 'requests', quota: 2, windowSeconds: 60, remaining: 1, resetSeconds: 30 } as const;

    expect(rateLimitHeaders([standing])).toEqual({
      'ratelimit-policy': '"requests";q=2;w=60',
      ratelimit: '"requests";r=1;t=30',
    });
    expect(rateLimitHeaders([])).toEqual({});
  });
});
