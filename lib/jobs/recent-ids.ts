/** Ids of one generation; deliveries come in the order of their first events, so that an event and its repeat lie near each other. */
const GENERATION = 500_000;

/** Remembers at least the last 500,000 ids in bounded memory. `add` is false for one that is remembered. */
export function recentIds(generation = GENERATION) {
  let current = new Set<string>();
  let previous = new Set<string>();
  return {
    add: (id: string): boolean => {
      if (current.has(id) || previous.has(id)) return false;
      if (current.size === generation) {
        previous = current;
        current = new Set();
      }
      current.add(id);
      return true;
    },
  };
}
