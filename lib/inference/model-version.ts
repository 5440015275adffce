import { createHash } from 'node:crypto';

/** Raised when texts are read otherwise (window, truncation, batching), because the same weights then answer otherwise. */
const READING_VERSION = 1;

/**
 * The version that verdicts carry and caches are keyed by: the manifest's, and 8 hex digits of what answers depend on
 * (weights, tokenizer, reading), so that a file swapped under an old version never passes for the old model.
 */
export function modelVersion(named: string, model: { sha256: string }, tokenizer: { sha256: string }): string {
  const content = createHash('sha256').update(`${model.sha256} ${tokenizer.sha256} ${READING_VERSION}`).digest('hex');
  return `${named}.${content.slice(0, 8)}`;
}
