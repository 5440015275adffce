/** Two texts are of one template where they share three quarters of their words. */
const LEAST_SHARED = 0.75;
const WORDS = /\p{L}+/gu;

/**
 * Groups texts that are nearly the same, so that a test never holds a twin of what was learned: linked are texts whose
 * sets of words (letters only, case folded) have a Jaccard index of .75 or more, and whatever those are linked to.
 * Returns a group number per text, in the order of their first texts.
 */
export function templateGroups(texts: readonly string[]): readonly number[] {
  const bags = texts.map((text) => new Set(text.toLowerCase().match(WORDS) ?? []));
  const links = disjointSets(texts.length);
  const byText = new Map<string, number>();
  const byWord = new Map<string, number[]>();
  const rarestFirst = rarity(bags);
  bags.forEach((bag, at) => {
    const twin = byText.get(texts[at] ?? '');
    if (twin !== undefined) links.join(twin, at);
    else byText.set(texts[at] ?? '', at);
    for (const word of tellingWords(bag, rarestFirst)) {
      const others = byWord.get(word) ?? [];
      for (const other of others) if (jaccard(bag, bags[other]) >= LEAST_SHARED) links.join(other, at);
      byWord.set(word, [...others, at]);
    }
  });
  return numbered(texts.map((_, at) => links.rootOf(at)));
}

/** Two sets that share three quarters share one of these: their rarest words, a quarter and one [prefix filtering, Chaudhuri et al. 2006]. */
function tellingWords(bag: ReadonlySet<string>, rarestFirst: (a: string, b: string) => number): readonly string[] {
  const enough = bag.size - Math.ceil(LEAST_SHARED * bag.size) + 1;
  return [...bag].sort(rarestFirst).slice(0, enough);
}

function rarity(bags: readonly ReadonlySet<string>[]): (a: string, b: string) => number {
  const counts = new Map<string, number>();
  for (const bag of bags) for (const word of bag) counts.set(word, (counts.get(word) ?? 0) + 1);
  return (a, b) => (counts.get(a) ?? 0) - (counts.get(b) ?? 0) || (a < b ? -1 : 1);
}

function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string> = new Set()): number {
  let shared = 0;
  for (const word of a) if (b.has(word)) shared++;
  return shared / (a.size + b.size - shared);
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
