import { rarestFirst, sharedOf, tellingWords, wordsOf } from './shared-words.ts';

/** A text that shares this much of its words with one that was learned says little about texts that are new. */
const LEAST_SHARED = 0.6;

/**
 * Whether a text shares 60% of its words or more (Jaccard index of the sets of words) with one of `texts`. A text without words is near
 * none. Some microseconds a text and answer.
 */
export function nearTo(texts: readonly string[]): (text: string) => boolean {
  const bags = [...new Set(texts)].map(wordsOf);
  const order = rarestFirst(bags);
  const byWord = new Map<string, ReadonlySet<string>[]>();
  for (const bag of bags)
    for (const word of tellingWords(bag, order, LEAST_SHARED)) {
      const known = byWord.get(word);
      if (known === undefined) byWord.set(word, [bag]);
      else known.push(bag);
    }
  return (text) => {
    const bag = wordsOf(text);
    const isNear = (other: ReadonlySet<string>) => sharedOf(bag, other) >= LEAST_SHARED;
    return tellingWords(bag, order, LEAST_SHARED).some((word) => byWord.get(word)?.some(isNear) ?? false);
  };
}
