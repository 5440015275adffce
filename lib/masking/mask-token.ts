import { AT, BACKSLASH, COLON, SLASH } from './char-class.ts';
import { maskPath } from './mask-path.ts';
import { maskEmail, maskUrl } from './mask-target.ts';
import { maskWords } from './mask-words.ts';
import type { Scan } from './scan.ts';

/**
 * Masks what varies in the token `text[start, end)`; `flags` is the union of its characters' bits. Returns where to read on,
 * which is behind `end` where a timestamp, unit, address or path goes on past the token.
 */
export function maskToken(scan: Scan, start: number, end: number, flags: number): number {
  let at = start;
  if ((flags & SLASH) !== 0 && (flags & COLON) !== 0) at = maskEach(maskUrl, scan, at, end);
  if ((flags & AT) !== 0) at = maskEach(maskEmail, scan, at, end);
  if ((flags & (SLASH | BACKSLASH)) !== 0) at = maskEach(maskPath, scan, at, end);
  return at < end ? maskWords(scan, at, end, flags) : at;
}

/** One after the other until none is found, and then no more: a search reads the token's whole rest. */
function maskEach(
  maskNext: (scan: Scan, start: number, end: number) => number,
  scan: Scan,
  start: number,
  end: number,
): number {
  let at = start;
  while (at < end) {
    const done = maskNext(scan, at, end);
    if (done === 0) break;
    at = done;
  }
  return at;
}
