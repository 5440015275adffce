import { inParallel } from '../in-parallel.ts';
import type { UsageStore, Use } from '../ports.ts';

export const NO_USE: Use = {
  requests: 0,
  lines: 0,
  llmCalls: 0,
  llmInputTokens: 0,
  llmOutputTokens: 0,
  llmMicroUsd: 0,
};

/** Who a use is counted for: a key's id, or `drops` or `logs` where no key was used. */
export interface User {
  readonly tenant: string;
  readonly keyId: string;
}

export function addUse(one: Use, other: Partial<Use>): Use {
  return {
    requests: one.requests + (other.requests ?? 0),
    lines: one.lines + (other.lines ?? 0),
    llmCalls: one.llmCalls + (other.llmCalls ?? 0),
    llmInputTokens: one.llmInputTokens + (other.llmInputTokens ?? 0),
    llmOutputTokens: one.llmOutputTokens + (other.llmOutputTokens ?? 0),
    llmMicroUsd: one.llmMicroUsd + (other.llmMicroUsd ?? 0),
  };
}

const WRITES_AT_ONCE = 8;

/** Use of this process that is not written yet. */
export function openUse() {
  let uses = new Map<string, { user: User; day: string; use: Use }>();
  return {
    add(user: User, day: string, use: Partial<Use>): void {
      const key = `${user.tenant}|${day}|${user.keyId}`;
      uses.set(key, { user, day, use: addUse(uses.get(key)?.use ?? NO_USE, use) });
    },
    /** Writes what was used; what could not be written is kept for the next time. */
    async flush(store: Pick<UsageStore, 'add'>): Promise<void> {
      const drained = [...uses.values()];
      uses = new Map();
      await inParallel(drained, WRITES_AT_ONCE, async ({ user, day, use }) => {
        try {
          await store.add({ ...user, day }, use);
        } catch {
          this.add(user, day, use);
        }
      });
    },
  };
}
