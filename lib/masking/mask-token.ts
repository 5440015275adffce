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
  if ((flags & SLASH) !== 0 && (flags & COLON) !== 0) {
    const done = maskUrl(scan, start, end);
    if (done !== 0) return done;
  }
  if ((flags & AT) !== 0) {
    const done = maskEmail(scan, start, end);
    if (done !== 0) return done;
  }
  if ((flags & (SLASH | BACKSLASH)) !== 0) {
    const done = maskPath(scan, start, end);
    if (done !== 0) return done;
  }
  return maskWords(scan, start, end, flags);
}
