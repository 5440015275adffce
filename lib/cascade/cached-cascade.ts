import { createHash } from 'node:crypto';
import type { MaskedRecord } from '../domain/record.ts';
import type { Decision, Stage } from '../domain/verdict.ts';
import type { Log, Meter, VerdictCache } from '../ports.ts';
import { type DecisionMemory, memoryKey } from './decision-memory.ts';
import type { Cascade, DecideOptions } from './types.ts';

/** A question nobody of this process has answered yet, and how often this call asks it. */
interface OpenQuestion {
  readonly key: string;
  readonly question: MaskedRecord;
  times: number;
}

interface Parts {
  readonly cascade: Cascade;
  readonly memory: DecisionMemory;
  readonly store: VerdictCache | undefined;
  readonly log: Log | undefined;
  readonly meter?: Meter;
  /** Stages whose answers cost so much that one seen once is worth storing; the language model's always are. */
  readonly costly?: ReadonlySet<Stage>;
}

/** In front of the stages: what this process answered before, then what any process of this version did. */
export function cachedCascade(parts: Parts): Cascade {
  const { cascade, memory } = parts;
  return {
    version: cascade.version,
    async decide(tenant, questions, options) {
      const known: (Decision | undefined)[] = new Array(questions.length);
      const open = new Map<string, OpenQuestion>();
      const repeated = new Map<string, Decision>();
      for (let at = 0; at < questions.length; at++) {
        const question = questions[at];
        if (question === undefined) continue;
        const key = memoryKey(tenant, question);
        const remembered = memory.get(key);
        if (remembered === undefined) addOpen(open, key, question);
        else {
          if (remembered.timesAsked++ === 1) repeated.set(key, remembered.decision);
          known[at] = remembered.decision;
        }
      }
      const asked = [...open.values()].reduce((sum, { times }) => sum + times, 0);
      parts.meter?.count('cache', ['memory'], questions.length - asked);
      const settled = open.size === 0 ? undefined : await settle(parts, tenant, [...open.values()], repeated, options);
      await tellStore(parts, tenant, repeated);
      return settled === undefined
        ? withoutGaps(known)
        : withoutGaps(questions.map((question, at) => known[at] ?? settled.get(memoryKey(tenant, question))));
    },
  };
}

function addOpen(open: Map<string, OpenQuestion>, key: string, question: MaskedRecord): void {
  const asked = open.get(key);
  if (asked === undefined) open.set(key, { key, question, times: 1 });
  else asked.times += 1;
}

/** Every question was known or has been settled; a gap would be our own mistake. */
function withoutGaps(decisions: readonly (Decision | undefined)[]): readonly Decision[] {
  return decisions.filter((decision) => decision !== undefined);
}

async function settle(
  parts: Parts,
  tenant: string,
  open: readonly OpenQuestion[],
  repeated: Map<string, Decision>,
  options: DecideOptions | undefined,
): Promise<ReadonlyMap<string, Decision>> {
  const settled = new Map<string, Decision>();
  const stored = await askStore(parts, tenant, open);
  for (const { key } of open) {
    const decision = stored.get(key);
    if (decision === undefined) continue;
    settled.set(key, decision);
    parts.memory.set(key, { decision, timesAsked: 2 });
  }
  const fresh = open.filter(({ key }) => !settled.has(key));
  parts.meter?.count('cache', ['store'], open.length - fresh.length);
  parts.meter?.count('cache', ['miss'], fresh.length);
  const decisions = await parts.cascade.decide(
    tenant,
    fresh.map(({ question }) => question),
    options,
  );
  fresh.forEach(({ key, times }, at) => {
    const decision = decisions[at];
    if (decision === undefined) return;
    settled.set(key, decision);
    if (!isLasting(decision)) return;
    parts.memory.set(key, { decision, timesAsked: times });
    if (times > 1 || decision.stage === 'llm' || parts.costly?.has(decision.stage)) repeated.set(key, decision);
  });
  return settled;
}

/**
 * Whether this process may answer the same again. A stage that is off stays off for the life of a cascade and is
 * part of its version; every other degradation may be gone the next time.
 */
function isLasting(decision: Decision): boolean {
  return decision.degraded === undefined || decision.degraded === 'llm-off';
}

/** A store that cannot be read is as good as empty: verdicts must not depend on it. */
async function askStore(
  { cascade, store, log }: Parts,
  tenant: string,
  open: readonly OpenQuestion[],
): Promise<ReadonlyMap<string, Decision>> {
  const found = new Map<string, Decision>();
  if (store === undefined) return found;
  const byStoreKey = new Map(open.map(({ key }) => [storeKey(cascade.version, key), key]));
  try {
    for (const [key, decision] of await store.get(tenant, [...byStoreKey.keys()])) {
      const ours = byStoreKey.get(key);
      if (ours !== undefined) found.set(ours, decision);
    }
  } catch (error) {
    log?.('warn', 'verdict-cache-unread', { why: error instanceof Error ? error.message : 'unknown' });
  }
  return found;
}

/** Stores what repeats or was costly, whole answers only. */
async function tellStore({ cascade, store, log }: Parts, tenant: string, repeated: Map<string, Decision>) {
  const entries = [...repeated].filter(([, decision]) => decision.degraded === undefined);
  if (store === undefined || entries.length === 0) return;
  try {
    await store.put(tenant, new Map(entries.map(([key, decision]) => [storeKey(cascade.version, key), decision])));
  } catch (error) {
    log?.('warn', 'verdict-cache-unwritten', { why: error instanceof Error ? error.message : 'unknown' });
  }
}

function storeKey(version: string, key: string): string {
  return createHash('sha256').update(`${version}|${key}`).digest('hex');
}
