import type { Severity } from '../domain/severity.ts';

/** What a line's shape gives away. `bits` is evidence that stood outside the message. */
export interface LineParts {
  readonly message: string;
  readonly level: Severity | undefined;
  readonly source: string;
  readonly bits: number;
}
