import type { Severity } from './severity.ts';

/** One log record as it came in: a record, not a line (a quoted newline or a joined stack trace belongs to it). */
export interface LogRecord {
  /** Who wrote it: a service, a logger, a log group. Empty when unknown. */
  readonly source: string;
  readonly message: string;
  readonly timestamp?: string;
  /** The level as written by its author, any spelling. */
  readonly level?: string;
}

/**
 * What a record comes down to once its variable parts are masked: the unit that is deduplicated, judged and cached.
 * Two records with the same source, level, canonical text and evidence get the same verdict.
 */
export interface MaskedRecord {
  readonly source: string;
  readonly level: Severity | undefined;
  /** The message with its variable parts as `<NUM>`, `<IP>`, ...; at most `LIMITS.patternChars` characters. */
  readonly pattern: string;
  /** Content hash of the pattern: 16 hex digits, the same in every process. */
  readonly patternId: string;
  /** The pattern with each mask replaced by a fixed filler of its kind; what rules and models read. */
  readonly canonical: string;
  /** What masking hides and a verdict needs, sorted and comma-joined: `exit:nonzero,http:5xx`. Empty when there is none. */
  readonly evidence: string;
  /** True when the message was too long to be read whole and its head and tail were read instead. */
  readonly truncated: boolean;
}
