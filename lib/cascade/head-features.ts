import type { Embedded } from '../ports.ts';
import { softmax } from './softmax.ts';

/** What a head is told of a text: the words as they stand in it, and what the model makes of them. */
export interface HeadInput {
  /** Canonical text. */
  readonly text: string;
  readonly embedded: Pick<Embedded, 'embedding' | 'severityLogits'>;
}

/** No severity is taken to be less likely than this, so that one text's extremes do not outweigh its words. */
const LEAST_LIKELY = 0.001;

/** The embedding and, where there is a scale for them, the severities' log-probabilities less their mean. */
export function denseFeatures({ embedded }: HeadInput, severityScale: number | undefined): Float64Array {
  const { embedding, severityLogits } = embedded;
  if (severityScale === undefined) return Float64Array.from(embedding);
  const logs = softmax(severityLogits).map((p) => Math.log(Math.max(p, LEAST_LIKELY)));
  const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
  return Float64Array.from([...embedding, ...logs.map((value) => severityScale * (value - mean))]);
}

const WORDS = /\p{L}+/gu;
/** A line says what it is about in its first words. */
const MOST_WORDS = 128;

/**
 * The buckets that a text's distinct words fall into, ascending: FNV-1a of the case-folded word, modulo the number of
 * buckets. Hashed, so that a head carries no words of the lines it was trained on. As a feature each counts
 * `wordWeight` of how many there are.
 */
export function wordBuckets(text: string, buckets: number): readonly number[] {
  const found = new Set<number>();
  for (const [word] of text.toLowerCase().matchAll(WORDS)) {
    if (found.size >= MOST_WORDS) break;
    found.add(fnv1a(word) % buckets);
  }
  return [...found].sort((a, b) => a - b);
}

/** The words of a text together have length 1, as its embedding has. */
export function wordWeight(count: number): number {
  return 1 / Math.sqrt(Math.max(1, count));
}

function fnv1a(word: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
