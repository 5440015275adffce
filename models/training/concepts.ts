import { join } from 'node:path';
import * as z from 'zod';
import type { Settings } from '../../lib/cascade/settings.ts';
import { UNCLASSIFIED } from '../../lib/domain/verdict.ts';
import { maskRecord } from '../../lib/masking/mask-record.ts';
import { readLabelledCsv } from './labelled-csv.ts';
import { LINES_FOLDER } from './lines-folder.ts';
import { readRows } from './read-rows.ts';
import type { Random } from './seeded-random.ts';

/** What an owner might name as a label, with lines of it. */
export interface Concept {
  readonly name: string;
  readonly description: string;
  readonly lines: readonly string[];
}
const rowsSchema = z.array(z.object({ concept: z.string(), kind: z.enum(['description', 'line']), text: z.string() }));

/** Of lines/concepts.csv. */
export async function readConcepts(): Promise<readonly Concept[]> {
  const rows = rowsSchema.parse(await readRows(join(LINES_FOLDER, 'concepts.csv')));
  const textsOf = (own: typeof rows, wanted: string) =>
    own.filter(({ kind }) => kind === wanted).map(({ text }) => text);
  return [...Map.groupBy(rows, ({ concept }) => concept)].map(([name, own]) => ({
    name,
    // The first description is the name again or next to it, but for the nine labels.
    description: textsOf(own, 'description')[1] ?? name,
    lines: textsOf(own, 'line'),
  }));
}

/** The service's own categories as if a caller had sent them; the last holds lines that belong to none. */
export async function readCategories({ labels }: Settings): Promise<readonly Concept[]> {
  const columns = { message: 'log_message', label: 'target_label', source: undefined };
  const rows = await readLabelledCsv(join(LINES_FOLDER, 'category-lines.csv'), columns);
  return [...labels, { name: UNCLASSIFIED, description: '' }].map(({ name, description }) => ({
    name,
    description,
    lines: [...new Set(rows.flatMap(({ record, label }) => (label === name ? [record.message] : [])))],
  }));
}

/** So many of the items, each once, in a random order. */
export function draw<Item>(random: Random, items: readonly Item[], count: number): readonly Item[] {
  const left = [...items];
  const number = Math.min(count, left.length);
  return Array.from({ length: number }, () => left.splice(Math.floor(random() * left.length), 1)).flat();
}

/** As the cascade reads it. */
export function canonicalOf(message: string): string {
  return maskRecord({ source: '', message }).canonical;
}
