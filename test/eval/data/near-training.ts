import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { nearTo } from '../../../lib/cascade/training/near-texts.ts';
import { canonicalOf } from '../../../models/training/concepts.ts';
import { chooseAlternatives } from '../../../models/training/fill-holes.ts';
import { LINES_FOLDER } from '../../../models/training/lines-folder.ts';
import { readRows } from '../../../models/training/read-rows.ts';
import { seededRandom } from '../../../models/training/seeded-random.ts';

/** Training reads two of a line's alternatives; so many are compared with. */
const READINGS = 8;

/**
 * Whether a message shares 60% of its words or more (Jaccard index of the sets of words) with a line of models/training/lines (those kept apart and the score's
 * pairs among them), both as models read them: what differs in names and paths only is the same line to them.
 */
export type NearTraining = (message: string) => boolean;

/** Reads every table with our training lines. */
export async function readNearTraining(): Promise<NearTraining> {
  const files = (await readdir(LINES_FOLDER)).filter((name) => name.endsWith('.csv'));
  const rows = (await Promise.all(files.map((name) => readRows(join(LINES_FOLDER, name))))).flat();
  return nearAsRead(rows.map(({ text, log_message }) => text ?? log_message ?? ''));
}

/** The same for lines as they are written, with `{a|b}` in them. */
export function nearAsRead(lines: readonly string[]): NearTraining {
  const random = seededRandom(1);
  const isNear = nearTo(lines.flatMap((line) => chooseAlternatives(line, random, READINGS)).map(canonicalOf));
  return (message) => isNear(canonicalOf(message));
}
