import type { MaskedRecord } from '../domain/record.ts';
import type { Decision } from '../domain/verdict.ts';

export interface Remembered {
  readonly decision: Decision;
  /** How often the question was asked; a store is told at the second time. */
  timesAsked: number;
}

/** What this process has answered, bounded. */
export interface DecisionMemory {
  get(key: string): Remembered | undefined;
  set(key: string, remembered: Remembered): void;
}

/**
 * Least recently used goes first, in two generations: a hit in the old one moves to the young one, and when
 * the young one is full the old one is dropped. Two map look-ups at most and no list to relink, which keeps a
 * hit well under a microsecond. Holds between half of `entries` and `entries`.
 */
export function decisionMemory(entries: number): DecisionMemory {
  const generation = Math.max(1, Math.floor(entries / 2));
  let young = new Map<string, Remembered>();
  let old = new Map<string, Remembered>();

  function set(key: string, remembered: Remembered): void {
    if (young.size >= generation && !young.has(key)) {
      old = young;
      young = new Map();
    }
    young.set(key, remembered);
  }

  return {
    set,
    get(key) {
      const recent = young.get(key);
      if (recent !== undefined) return recent;
      const earlier = old.get(key);
      if (earlier !== undefined) set(key, earlier);
      return earlier;
    },
  };
}

/** Two questions have one key exactly when they get one decision. The source may hold any character, so its length goes before it. */
export function memoryKey(tenant: string, question: MaskedRecord): string {
  const { level, evidence, truncated, source, canonical } = question;
  return `${tenant}|${level ?? ''}|${evidence}|${truncated ? 't' : ''}|${source.length}|${source}${canonical}`;
}
