import type { MaskedRecord } from '../../lib/domain/record.ts';

/** A masked record whose canonical text is its pattern. */
export function aMaskedRecord(given: Partial<MaskedRecord> = {}): MaskedRecord {
  const pattern = given.pattern ?? 'Something happened';
  return {
    source: 'app',
    level: undefined,
    pattern,
    patternId: '0123456789abcdef',
    canonical: pattern,
    evidence: '',
    truncated: false,
    ...given,
  };
}
