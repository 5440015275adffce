/** A text's token ids as a model takes them, special tokens included. */
export interface Tokens {
  readonly ids: readonly number[];
  /** The text was too long and its head and tail were kept. */
  readonly truncated: boolean;
}

/**
 * Of a text longer than this many UTF-16 units the head and tail halves are tokenized and the middle is never looked
 * at, so a 1 MB text costs what a 4 KB one does. A half fills its 63 tokens unless they average over 32 characters.
 */
export const WINDOW_CHARS = 4096;

/** The text whole, or its head and tail where it is longer than `WINDOW_CHARS`; never cuts a surrogate pair. */
export function textWindow(text: string): readonly [string] | readonly [head: string, tail: string] {
  if (text.length <= WINDOW_CHARS) return [text];
  const half = WINDOW_CHARS / 2;
  const headEnd = isHighSurrogate(text, half - 1) ? half - 1 : half;
  const tailStart = isHighSurrogate(text, text.length - half - 1) ? text.length - half + 1 : text.length - half;
  return [text.slice(0, headEnd), text.slice(tailStart)];
}

function isHighSurrogate(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  return unit >= 0xd800 && unit <= 0xdbff;
}

/**
 * At most `room` ids of a text: all of them, or as many of the head as of the tail. What one of two parts leaves
 * unused the other takes. A log line says what it is at its head and how it ended at its tail.
 */
export function headAndTail(
  parts: readonly [readonly number[]] | readonly [head: readonly number[], tail: readonly number[]],
  room: number,
): Tokens {
  const [head, tail = head] = parts;
  const whole = parts.length === 1;
  if (whole && head.length <= room) return { ids: head, truncated: false };
  const fromTail = Math.min(tail.length, Math.max(Math.floor(room / 2), room - head.length));
  const fromHead = Math.min(head.length, room - fromTail);
  return { ids: [...head.slice(0, fromHead), ...tail.slice(tail.length - fromTail)], truncated: true };
}
