import { join } from 'node:path';
import { nearTo } from '../../lib/cascade/training/near-texts.ts';
import { canonicalOf } from './concepts.ts';
import { chooseAlternatives } from './fill-holes.ts';
import { isKeptApart } from './kept-apart.ts';
import { LINES_FOLDER, pairFiles } from './lines-folder.ts';
import { readRows } from './read-rows.ts';
import { seededRandom } from './seeded-random.ts';

/** Training reads two of a line's alternatives, drawn in the order of all lines; so many drawn line by line are taken for them here. */
const READINGS = 8;

/** What the starter model learned from of our own lines, and what is new to it. Texts are canonical, as it reads them. */
export interface LearnedLines {
  /** Whether it learned from this very text. */
  readonly has: (canonical: string) => boolean;
  /** Whether a text is of the quarter kept apart and shares less than 60% of its words with every text that was learned. */
  readonly isNew: (canonical: string) => boolean;
}

/** The tables of training/lines, and `labelled`: canonical texts of other files that it learned from but for the same quarter. */
export async function readLearnedLines(labelled: readonly string[] = []): Promise<LearnedLines> {
  const own = await Promise.all([pairTexts(), categoryTexts(), conceptTexts()]);
  const learned = new Set([...own.flat(), ...labelled.filter((canonical) => !isKeptApart(canonical))]);
  const isNear = nearTo([...learned]);
  return {
    has: (canonical) => learned.has(canonical),
    isNew: (canonical) => isKeptApart(canonical) && !learned.has(canonical) && !isNear(canonical),
  };
}

/** Of the pairs all but the plain lines kept apart, in whichever of their alternatives. */
async function pairTexts(): Promise<readonly string[]> {
  const files = await pairFiles();
  const rows = (await Promise.all(files.map((file) => readRows(join(LINES_FOLDER, file))))).flat();
  return rows.flatMap(({ kind, text = '' }) => {
    const readings = chooseAlternatives(text, seededRandom(1), READINGS).map(canonicalOf);
    return kind === 'plain' ? readings.filter((canonical) => !isKeptApart(canonical)) : readings;
  });
}

async function categoryTexts(): Promise<readonly string[]> {
  const rows = await readRows(join(LINES_FOLDER, 'category-lines.csv'));
  return rows.map(({ log_message = '' }) => canonicalOf(log_message)).filter((canonical) => !isKeptApart(canonical));
}

/** Of the concepts lines and descriptions, all of them. */
async function conceptTexts(): Promise<readonly string[]> {
  const rows = await readRows(join(LINES_FOLDER, 'concepts.csv'));
  return rows.map(({ text = '' }) => canonicalOf(text));
}
