import type { CounterName, CounterStore } from '../../lib/ports.ts';

/** Shared counters in memory, with the number of times they were touched. */
export function memoryCounterStore(): CounterStore & { readonly touched: () => number } {
  const counters = new Map<string, number>();
  const marks = new Set<string>();
  let touched = 0;
  const keyOf = ({ tenant, name, window }: CounterName) => `${tenant}|${name}|${window}`;
  return {
    touched: () => touched,
    take: async (counter, { least, most }, limit) => {
      touched += 1;
      const before = counters.get(keyOf(counter)) ?? 0;
      const granted = limit - before < least ? 0 : Math.min(most, limit - before);
      counters.set(keyOf(counter), before + granted);
      return { granted, taken: before + granted };
    },
    giveBack: async (counter, count) => {
      touched += 1;
      counters.set(keyOf(counter), (counters.get(keyOf(counter)) ?? 0) - count);
    },
    taken: async (counter) => counters.get(keyOf(counter)) ?? 0,
    markOnce: async (tenant, id) => {
      if (marks.has(`${tenant}|${id}`)) return false;
      marks.add(`${tenant}|${id}`);
      return true;
    },
    isMarked: async (tenant, id) => marks.has(`${tenant}|${id}`),
  };
}
