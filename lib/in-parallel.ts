/** Maps with at most `width` calls under way; results keep the order of the items. The first failure is thrown when the calls under way have ended. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results = new Map<number, Result>();
  const entries = items.entries();
  const worker = async () => {
    for (const [index, item] of entries) results.set(index, await work(item));
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(width, items.length) }, worker));
  for (const outcome of ended) if (outcome.status === 'rejected') throw outcome.reason;
  return [...results].sort(([one], [other]) => one - other).map(([, result]) => result);
}
