import { rarestFirst, sharedOf, tellingWords, wordsOf } from './shared-words.ts';

/** Two texts are of one template where they share three quarters of their words. */
const LEAST_SHARED = 0.75;

/**
 * Groups texts that are nearly the same, so that a test never holds a twin of what was learned: linked are texts whose
 * sets of words (letters only, case folded) have a Jaccard index of .75 or more, and whatever those are linked to.
 * Returns a group number per text, in the order of their first texts.
 */
export function templateGroups(texts: readonly string[]): readonly number[] {
  const bags = texts.map(wordsOf);
  const links = disjointSets(texts.length);
  const byText = new Map<string, number>();
  const byWord = new Map<string, number[]>();
  const order = rarestFirst(bags);
  bags.forEach((bag, at) => {
    const twin = byText.get(texts[at] ?? '');
    if (twin !== undefined) links.join(twin, at);
    else byText.set(texts[at] ?? '', at);
    for (const word of tellingWords(bag, order, LEAST_SHARED)) {
      const others = byWord.get(word) ?? [];
      for (const other of others) if (sharedOf(bag, bags[other]) >= LEAST_SHARED) links.join(other, at);
      byWord.set(word, [...others, at]);
    }
  });
  return numbered(texts.map((_, at) => links.rootOf(at)));
}

function disjointSets(size: number) {
  const parent = Array.from({ length: size }, (_, at) => at);
  const rootOf = (at: number): number => {
    let top = at;
    while (parent[top] !== top) top = parent[top] ?? top;
    parent[at] = top;
    return top;
  };
  return {
    rootOf,
    join(a: number, b: number): void {
      parent[rootOf(b)] = rootOf(a);
    },
  };
}

function numbered(roots: readonly number[]): readonly number[] {
  const numbers = new Map<number, number>();
  return roots.map((root) => {
    const known = numbers.get(root) ?? numbers.size;
    numbers.set(root, known);
    return known;
  });
}
