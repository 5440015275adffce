import { createHash } from 'node:crypto';

const SHARE = 0.25;

/**
 * Whether a plain line or one of a category is of the quarter that the starter model never learns from (`kept_apart` in texts.py says the
 * same of the masked text). A hash knows no near-duplicates: those of the quarter that lie near a learned line judge nothing
 * (`LearnedLines.isNew`).
 */
export function isKeptApart(canonical: string): boolean {
  return Number.parseInt(createHash('sha256').update(canonical).digest('hex').slice(0, 8), 16) / 2 ** 32 < SHARE;
}
