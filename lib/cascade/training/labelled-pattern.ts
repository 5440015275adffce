import type { LogRecord } from '../../domain/record.ts';
import { maskRecord } from '../../masking/mask-record.ts';
import type { Embedded } from '../../ports.ts';

export interface LabelledRecord {
  readonly record: LogRecord;
  readonly label: string;
}

/** A distinct pattern under one label, as the cascade would read it. */
export interface LabelledPattern {
  readonly patternId: string;
  readonly canonical: string;
  readonly label: string;
  /** The file or set it comes from. */
  readonly file: string;
  /** Lines that come down to it. */
  readonly lines: number;
}

/** A labelled pattern and what the embedding model makes of it: all that training needs. */
export interface Sample extends LabelledPattern {
  readonly embedded: Embedded;
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
