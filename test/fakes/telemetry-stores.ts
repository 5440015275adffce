import { addUse, NO_USE } from '../../lib/metrics/use.ts';
import type { MetricStore, UsageStore, Use, UseOf } from '../../lib/ports.ts';

/** Sums in memory. */
export function memoryMetricStore(): MetricStore & { readonly writes: () => number } {
  const sums = new Map<string, number>();
  let writes = 0;
  return {
    writes: () => writes,
    add: async (added) => {
      writes += 1;
      for (const [series, sum] of added) sums.set(series, (sums.get(series) ?? 0) + sum);
    },
    read: async () => new Map(sums),
  };
}

/** Use in memory. */
export function memoryUsageStore(): UsageStore {
  const uses = new Map<string, UseOf & { use: Use }>();
  return {
    add: async (of, use) => {
      const key = `${of.day}#${of.keyId}#${of.tenant}`;
      uses.set(key, { ...of, use: addUse(uses.get(key)?.use ?? NO_USE, use) });
    },
    read: async (tenant, from, to) =>
      [...uses]
        .filter(([, of]) => of.tenant === tenant && of.day >= from && of.day <= to)
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
        .map(([, of]) => of),
  };
}
