import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the lines lie that models are trained on or fitted to. */
export const LINES_FOLDER = join(import.meta.dirname, 'lines');

/** Names of the tables of pairs that the starter model learns from, in their order. */
export async function pairFiles(): Promise<readonly string[]> {
  return (await readdir(LINES_FOLDER)).filter((name) => name.startsWith('pairs-') && name.endsWith('.csv')).sort();
}
