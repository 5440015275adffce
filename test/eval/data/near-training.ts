import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { firstAlternatives } from '../baselines/training-lines.ts';
import { readCsv } from '../read-csv.ts';

/** A line that shares this much of its words with a training line says little about lines that are new. */
const LEAST_SHARED = 0.6;
const WORDS = /\p{L}+/gu;
const row = z.object({ text: z.string().optional(), log_message: z.string().optional() });

/** Whether a message shares 60% of its words or more (Jaccard index of the sets of words) with a line of ours that models learned from. */
export type NearTraining = (message: string) => boolean;

/** Reads every table of the folder with our training lines; of `{a|b}` the first alternative. */
export async function readNearTraining(linesFolder: string): Promise<NearTraining> {
  const files = (await readdir(linesFolder)).filter((name) => name.endsWith('.csv'));
  const rows = (await Promise.all(files.map((name) => readCsv(join(linesFolder, name), row)))).flat();
  const texts = rows.map(({ text, log_message }) => text ?? log_message ?? '');
  return nearTo(texts.map(firstAlternatives));
}

export function nearTo(texts: readonly string[]): NearTraining {
  const bags = [...new Set(texts)].map(wordsOf);
  const bagsWith = new Map<string, number[]>();
  for (const [at, bag] of bags.entries())
    for (const word of bag) {
      const known = bagsWith.get(word);
      if (known === undefined) bagsWith.set(word, [at]);
      else known.push(at);
    }
  return (message) => {
    const bag = wordsOf(message);
    const shared = new Map<number, number>();
    for (const word of bag) for (const at of bagsWith.get(word) ?? []) shared.set(at, (shared.get(at) ?? 0) + 1);
    for (const [at, count] of shared)
      if (count >= LEAST_SHARED * (bag.size + (bags[at]?.size ?? 0) - count)) return true;
    return false;
  };
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.toLowerCase().match(WORDS) ?? []);
}
