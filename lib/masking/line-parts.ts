import { LIMITS } from '../domain/limits.ts';
import type { Severity } from '../domain/severity.ts';

/** What a line's shape gives away. `bits` is evidence that stood outside the message. */
export interface LineParts {
  readonly message: string;
  readonly level: Severity | undefined;
  /** The level of the shape inside this one that has one, else the same. */
  readonly innermost: Severity | undefined;
  readonly source: string;
  readonly bits: number;
}

const ERROR_TEXT_CHARS = 1_000;

/** The message, and after it the error's beginning where it does not tell that. Both are cut before one is looked for in the other, which takes time by the product of their lengths. */
export function withError(message: string, error: string | undefined): string {
  const cause = error?.slice(0, ERROR_TEXT_CHARS);
  if (cause === undefined || message.slice(0, LIMITS.messageChars).includes(cause)) return message;
  return `${message}: ${cause}`;
}
