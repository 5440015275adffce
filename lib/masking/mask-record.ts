import type { LogRecord, MaskedRecord } from '../domain/record.ts';
import { canonicalizeRecord } from './canonicalize.ts';
import { evidenceText } from './evidence.ts';
import { scanText } from './mask-text.ts';
import { patternEntry } from './pattern-entry.ts';
import { stackBits } from './word-evidence.ts';

/** Part of the cascade's version: bump it whenever a text's pattern, canonical text, level or evidence changes. */
export const MASKING_VERSION = '5';

/** What a record comes down to: level and source out of its text, variable parts masked, evidence kept. Never throws, whatever the text. */
export function maskRecord(record: LogRecord): MaskedRecord {
  const { source, level, message, bits, truncated } = canonicalizeRecord(record);
  const scanned = scanText(message);
  const { pattern, patternId, canonical } = patternEntry(scanned.pattern);
  return {
    source,
    level,
    pattern,
    patternId,
    canonical,
    evidence: evidenceText(bits | scanned.bits | stackBits(message)),
    truncated,
  };
}
