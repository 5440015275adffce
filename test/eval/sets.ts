import { join } from 'node:path';
import * as z from 'zod';
import { SEVERITIES } from '../../lib/domain/severity.ts';
import { readCsv } from './read-csv.ts';

const anomalyRow = z.object({
  id: z.string().min(1),
  area: z.string(),
  source: z.string(),
  /** As its author would write it; empty where the line has none. */
  level: z.string(),
  event: z.string(),
  message: z.string().min(1),
  truth: z.enum(['anomaly', 'normal']),
  severity: z.enum(SEVERITIES),
  reason: z.string(),
  /** Words and truth point different ways. */
  hard: z.enum(['yes', 'no']),
  language: z.string().optional(),
});
export type AnomalyRow = z.infer<typeof anomalyRow>;

const categoryRow = z.object({
  id: z.string().min(1),
  source: z.string(),
  message: z.string().min(1),
  /** One of the nine labels, or `Unclassified`. */
  label: z.string().min(1),
  reason: z.string(),
});
export type CategoryRow = z.infer<typeof categoryRow>;

/** The sets of lines with the truth about anomalies; each is `NAME.csv`. */
const ANOMALY_SETS = ['mixed', 'anomaly', 'languages'] as const;

/** The committed sets: our own lines, written apart from those the models learn from. */
export interface Sets {
  readonly anomaly: ReadonlyMap<(typeof ANOMALY_SETS)[number], readonly AnomalyRow[]>;
  readonly category: readonly CategoryRow[];
}

/** Throws `InvalidInput('eval-csv')` for a set that is missing or not as it should be. */
export async function readSets(folder: string): Promise<Sets> {
  const anomaly = new Map(
    await Promise.all(
      ANOMALY_SETS.map(async (name) => [name, await readCsv(join(folder, `${name}.csv`), anomalyRow)] as const),
    ),
  );
  return { anomaly, category: await readCsv(join(folder, 'category.csv'), categoryRow) };
}
