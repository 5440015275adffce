import { maskRecord } from '../../lib/masking/mask-record.ts';
import type { EmbeddingModel } from '../../lib/ports.ts';
import type { LabelledRecord } from './labelled-csv.ts';
import type { Example } from './logistic-regression.ts';

/** A distinct pattern under one label, as the cascade would read it. */
export interface LabelledPattern {
  readonly patternId: string;
  readonly canonical: string;
  readonly label: string;
  /** The CSV it comes from. */
  readonly file: string;
  /** Lines that come down to it. */
  readonly lines: number;
}
export interface Sample extends LabelledPattern {
  readonly vector: Float32Array;
}

/** Lines as the cascade sees them: masked, and each pattern once per label however often it repeats. */
export function labelledPatterns(records: readonly LabelledRecord[], file: string): readonly LabelledPattern[] {
  const patterns = new Map<string, LabelledPattern>();
  for (const { record, label } of records) {
    const { patternId, canonical } = maskRecord(record);
    const key = `${patternId} ${label}`;
    const known = patterns.get(key);
    patterns.set(key, { patternId, canonical, label, file, lines: (known?.lines ?? 0) + 1 });
  }
  return [...patterns.values()];
}

export async function embedPatterns(
  model: EmbeddingModel,
  patterns: readonly LabelledPattern[],
): Promise<readonly Sample[]> {
  const embedded = await model.embed(patterns.map(({ canonical }) => canonical));
  return patterns.flatMap((pattern, at) => {
    const vector = embedded[at]?.embedding;
    return vector === undefined ? [] : [{ ...pattern, vector }];
  });
}

/** Examples whose weights give every label the same say, and every pattern of a label the same. */
export function balanced(samples: readonly Sample[], labels: readonly string[]): readonly Example[] {
  const counts = new Map<string, number>();
  for (const { label } of samples) counts.set(label, (counts.get(label) ?? 0) + 1);
  return samples.map(({ vector, label }) => ({
    vector,
    target: labels.indexOf(label),
    weight: samples.length / (labels.length * (counts.get(label) ?? 1)),
  }));
}
