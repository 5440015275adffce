import { createHash } from 'node:crypto';
import type { LabelledPattern, Sample } from '../../lib/cascade/training/labelled-pattern.ts';

export function aPattern(given: Partial<LabelledPattern> = {}): LabelledPattern {
  const canonical = given.canonical ?? 'the kettle boils';
  const patternId = createHash('sha256').update(canonical).digest('hex').slice(0, 16);
  return { patternId, canonical, label: 'Tea', file: 'lines.csv', lines: 1, ...given };
}

/** A sample whose embedding is what is given, and whose severity is told by one logit of `error`. */
export function aSample(given: Partial<LabelledPattern> & { vector?: readonly number[]; errorLogit?: number }): Sample {
  const { vector = [1, 0, 0, 0], errorLogit = 0, ...pattern } = given;
  return {
    ...aPattern(pattern),
    embedded: {
      embedding: Float32Array.from(vector),
      severityLogits: Float32Array.from([0, 0, 0, errorLogit, 0]),
      truncated: false,
    },
  };
}

/** Numbers that look random and are the same in every run (a linear congruential generator), from -1 to 1. */
export function someNoise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

const LETTERS = 'abcdefghijklmnop';

/** A word of letters only, another for each number. */
export function aWord(n: number): string {
  return n < 16 ? `${LETTERS[n]}q` : `${aWord(Math.floor(n / 16))}${LETTERS[n % 16]}`;
}

/** Samples of labels that lie around axes of their own, each of a template of its own. */
export function samplesAround(
  labels: readonly string[],
  { each, noise, seed = 1 }: { each: number; noise: number; seed?: number },
): readonly Sample[] {
  const random = someNoise(seed);
  return labels.flatMap((label, axis) =>
    Array.from({ length: each }, (_, n) =>
      aSample({
        label,
        canonical: `${aWord(1000 * axis + 3 * n)} ${aWord(1000 * axis + 3 * n + 1)} ${aWord(1000 * axis + 3 * n + 2)}`,
        vector: Array.from({ length: 6 }, (_, at) => (at === axis ? 1 : 0) + noise * random()),
      }),
    ),
  );
}
