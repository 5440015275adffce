import { InvalidInput } from '../domain/errors.ts';
import { LIMITS } from '../domain/limits.ts';
import { type Quotas, quotaOf } from '../domain/quota.ts';
import type { Clock, CounterStore, UsageStore, Use } from '../ports.ts';
import { addUse, NO_USE } from './use.ts';

export interface UsagePorts {
  readonly usage: UsageStore;
  readonly counters: CounterStore;
  readonly clock: Clock;
}

const DAY_MS = 86_400_000;
const USUAL_DAYS = 30;

/** A tenant's use by day and key, and what it may use. Throws `InvalidInput('usage-days')` for days out of order or too many. */
export async function askUsage(
  { usage, counters, clock }: UsagePorts,
  tenant: string,
  quotas: Quotas,
  asked: { from?: string; to?: string },
) {
  const today = clock.now().toISOString().slice(0, 10);
  const to = asked.to ?? today;
  const from = asked.from ?? daysBefore(to, USUAL_DAYS);
  refuseDays(from, to);
  const found = await usage.read(tenant, from, to);
  const byDay = Map.groupBy(found, ({ day }) => day);
  const days = [...byDay].map(([day, uses]) => ({
    day,
    ...useToView(uses.reduce((sum, { use }) => addUse(sum, use), NO_USE)),
    byKey: uses.map(({ keyId, use }) => ({ keyId, ...useToView(use) })),
  }));
  const linesTakenToday = await counters.taken({ tenant, name: 'lines', window: today });
  return { days, quota: { ...quotaOf(quotas, tenant), linesTakenToday } };
}

function refuseDays(from: string, to: string): void {
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
  if (days >= 1 && days <= LIMITS.usageDaysListed) return;
  const message = days < 1 ? 'from is after to' : `at most ${LIMITS.usageDaysListed} days at a time`;
  throw new InvalidInput('usage-days', `Query: ${message}.`, { issues: [{ path: 'from', message }] });
}

/** The last of the last 31 days on which each key was used. */
export async function lastUsedOn(
  { usage, clock }: Pick<UsagePorts, 'usage' | 'clock'>,
  tenant: string,
): Promise<ReadonlyMap<string, string>> {
  const today = clock.now().toISOString().slice(0, 10);
  const found = await usage.read(tenant, daysBefore(today, USUAL_DAYS), today);
  return new Map(found.map(({ keyId, day }) => [keyId, day]));
}

function useToView({ requests, lines, llmCalls, llmInputTokens, llmOutputTokens, llmMicroUsd }: Use) {
  const estimatedUsd = llmMicroUsd / 1_000_000;
  return {
    requests,
    lines,
    llm: { calls: llmCalls, inputTokens: llmInputTokens, outputTokens: llmOutputTokens, estimatedUsd },
  };
}

function daysBefore(day: string, days: number): string {
  return new Date(Date.parse(day) - days * DAY_MS).toISOString().slice(0, 10);
}
