import type { Decision } from '../../lib/domain/verdict.ts';
import type { VerdictCache } from '../../lib/ports.ts';

/** A verdict cache in memory. */
export function memoryVerdictCache(): VerdictCache {
  const entries = new Map<string, Decision>();
  const name = (tenant: string, key: string) => `${tenant}#${key}`;
  return {
    get: async (tenant, keys) =>
      new Map(
        keys.flatMap((key) => {
          const decision = entries.get(name(tenant, key));
          return decision === undefined ? [] : [[key, decision] as const];
        }),
      ),
    put: async (tenant, decisions) => {
      for (const [key, decision] of decisions)
        if (!entries.has(name(tenant, key))) entries.set(name(tenant, key), decision);
    },
  };
}
