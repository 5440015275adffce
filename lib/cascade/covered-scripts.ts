import * as z from 'zod';

/** Names of Unicode scripts as in `\p{Script=Arabic}`. */
const scriptName = z
  .string()
  .regex(/^[A-Z][A-Za-z_]{1,40}$/, 'a Unicode script name')
  .refine(isScript, 'no Unicode script');

/** What the embedding model was trained to read. Scripts, because that is what a short line shows for sure; languages of one script are not told apart. */
export const coverageSchema = z.strictObject({
  scripts: z.array(scriptName).min(1),
  /** For people: the languages its training lines were in. */
  languages: z.array(z.string()),
  /** Least share of a text's letters that must be of those scripts. */
  leastShare: z.number().gt(0).max(1),
});
export type Coverage = z.infer<typeof coverageSchema>;

/** Scripts that an uncovered text may be said to be written in. */
const NAMED =
  'Arabic Hebrew Devanagari Bengali Tamil Telugu Thai Lao Khmer Hangul Greek Armenian Georgian Ethiopic'.split(' ');
const BEYOND_LATIN = /[\u0370-\uffff]/;
const LETTERS = /\p{L}/gu;
/** Numbers, paths, addresses, keys and identifiers are the same in every language. */
const TECHNICAL = /[\d/\\@_=]/;

function isScript(name: string): boolean {
  try {
    new RegExp(`\\p{Script=${name}}`, 'u');
    return true;
  } catch {
    return false;
  }
}

/** Says of a text which script it is written in where that is none of the covered ones ("another script" where it has no name here), else undefined. Linear in the text's length. */
export function uncoveredScript(coverage: Coverage): (text: string) => string | undefined {
  const covered = new RegExp(`[${coverage.scripts.map((name) => `\\p{Script=${name}}`).join('')}]`, 'gu');
  const named = NAMED.filter((name) => !coverage.scripts.includes(name)).map(
    (name) => [name, new RegExp(`\\p{Script=${name}}`, 'gu')] as const,
  );
  return (text) => {
    if (!BEYOND_LATIN.test(text)) return undefined;
    const words = text.split(/\s+/).filter((word) => !TECHNICAL.test(word));
    const letters = (words.join(' ').match(LETTERS) ?? []).join('');
    if (countOf(letters, covered) >= coverage.leastShare * countOf(letters, LETTERS)) return undefined;
    return commonest(letters, named) ?? 'another script';
  };
}

function commonest(letters: string, named: readonly (readonly [string, RegExp])[]): string | undefined {
  const counts = named.map(([name, pattern]) => ({ name, count: countOf(letters, pattern) }));
  const best = counts.reduce((a, b) => (b.count > a.count ? b : a), { name: '', count: 0 });
  return best.count === 0 ? undefined : best.name;
}

function countOf(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
