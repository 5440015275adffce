const WORDS = /\p{L}+/gu;

/** The words of a text: runs of letters, case folded. */
export function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.toLowerCase().match(WORDS) ?? []);
}

/** Jaccard index of two sets of words: what they share of what they hold together. NaN where both are empty. */
export function sharedOf(a: ReadonlySet<string>, b: ReadonlySet<string> = new Set()): number {
  let shared = 0;
  for (const word of a) if (b.has(word)) shared++;
  return shared / (a.size + b.size - shared);
}

/** An order of words: by how many of the sets hold them, the fewest first. */
export type WordOrder = (a: string, b: string) => number;

export function rarestFirst(bags: readonly ReadonlySet<string>[]): WordOrder {
  const counts = new Map<string, number>();
  for (const bag of bags) for (const word of bag) counts.set(word, (counts.get(word) ?? 0) + 1);
  return (a, b) => (counts.get(a) ?? 0) - (counts.get(b) ?? 0) || (a < b ? -1 : 1);
}

/** Two sets with a Jaccard index of `least` share one of these words of theirs, the first in one order of all words [prefix filtering, Chaudhuri et al. 2006]. */
export function tellingWords(bag: ReadonlySet<string>, order: WordOrder, least: number): readonly string[] {
  const enough = bag.size - Math.ceil(least * bag.size) + 1;
  return [...bag].sort(order).slice(0, enough);
}
