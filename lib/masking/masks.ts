import { codeAt } from './char-class.ts';

/** What stands in the pattern for each kind of variable part, and the filler of its kind that rules and models read. */
const FILLERS = [
  ['<NUM>', '7'],
  ['<TIME>', '12:00:07'],
  ['<IP>', '10.0.0.7'],
  ['<USER>', 'alice'],
  ['<MAC>', '4f9c2a7e'],
  ['<UUID>', '4f9c2a7e'],
  ['<HEX>', '4f9c2a7e'],
  ['<ID>', '4f9c2a7e'],
  ['<EMAIL>', 'user7@example.com'],
  ['<URL>', 'http://host/data/main7'],
  ['<PATH>', '/data/main7'],
  ['<DURATION>', '7ms'],
  ['<SIZE>', '7MB'],
  ['<PERCENT>', '7%'],
] as const;
export type Mask = (typeof FILLERS)[number][0];

const FILLER_OF: ReadonlyMap<string, string> = new Map(FILLERS);
const MASKS: ReadonlyMap<string, Mask> = new Map(FILLERS.map(([mask]) => [mask, mask]));
const LONGEST_MASK = Math.max(...[...FILLER_OF.keys()].map((mask) => mask.length));
const ANY_MASK = new RegExp([...FILLER_OF.keys()].join('|'), 'g');

/** The mask that begins at `at` (a `<`), undefined where it is something else. */
export function maskAt(text: string, at: number): Mask | undefined {
  const first = codeAt(text, at + 1);
  if (!(first >= 65 && first <= 90)) return undefined;
  let end = at + 2;
  while (end - at < LONGEST_MASK && codeAt(text, end) !== 62) end++;
  return MASKS.get(text.slice(at, end + 1));
}

/** The canonical text: each mask of a pattern replaced by its filler. Fillers look like life because the model was trained on such; those of what holds digits hold one, so that `\d+` holds. */
export function patternToCanonical(pattern: string): string {
  return pattern.replace(ANY_MASK, (mask) => FILLER_OF.get(mask) ?? mask);
}
