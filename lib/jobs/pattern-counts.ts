import { deflateSync, inflateSync } from 'node:zlib';
import * as z from 'zod';
import { decisionSchema } from '../domain/decision-schema.ts';
import type { Judgement } from './page.ts';

const patternCountSchema = z.strictObject({
  patternId: z.string(),
  pattern: z.string(),
  count: z.int().positive(),
  /** Of the first record of the pattern, as its row, physical line and text (at most 300 characters). */
  decision: decisionSchema,
  row: z.int(),
  line: z.int(),
  text: z.string(),
});
export type PatternCount = z.infer<typeof patternCountSchema>;

export const PATTERNS_KEPT = 10_000;
/** While counting, rarest patterns are let go when there are this many: counts of what is common stay exact, memory bounded. */
const PATTERNS_COUNTED = 200_000;
const TEXT_CHARS = 300;

/** Counts patterns of rows in their order, or merges what was counted of earlier segments. */
export function patternCounter() {
  let counts = new Map<string, PatternCount>();
  const add = (key: string, count: number, first: () => PatternCount) => {
    const known = counts.get(key);
    if (known !== undefined) known.count += count;
    else if (counts.set(key, first()).size > PATTERNS_COUNTED)
      counts = new Map(commonest(counts, PATTERNS_COUNTED / 2).map((kept) => [kept.patternId, kept]));
  };
  return {
    count: ({ patternId, pattern, decision }: Judgement, row: number, line: number, text: string) =>
      add(patternId, 1, () => ({ patternId, pattern, count: 1, decision, row, line, text: text.slice(0, TEXT_CHARS) })),
    merge: (others: readonly PatternCount[]) => {
      for (const other of others) add(other.patternId, other.count, () => ({ ...other }));
    },
    /** Commonest first, of equals the one seen first. */
    commonest: () => commonest(counts, PATTERNS_KEPT),
  };
}

export function packPatterns(patterns: readonly PatternCount[]): Uint8Array {
  return deflateSync(JSON.stringify(patterns));
}

const UNPACKED_BYTES = 64 * 1024 * 1024;

export function unpackPatterns(bytes: Uint8Array): PatternCount[] {
  const text = inflateSync(bytes, { maxOutputLength: UNPACKED_BYTES }).toString('utf8');
  return z.array(patternCountSchema).parse(JSON.parse(text));
}

function commonest(counts: ReadonlyMap<string, PatternCount>, limit: number): PatternCount[] {
  return [...counts.values()].sort((one, other) => other.count - one.count || one.row - other.row).slice(0, limit);
}
