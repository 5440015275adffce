import { ipv6End, portEnd } from './addresses.ts';
import { codeAt, DOT, isAlnum, isDigit, LETTER } from './char-class.ts';
import { maskNumber } from './mask-number.ts';
import { maskName } from './mask-word.ts';
import type { Scan } from './scan.ts';
import { put } from './scan.ts';
import { hostEnd } from './words.ts';

const DASH = 45;
const FULL_STOP = 46;
const COLON_SIGN = 58;

/** What a host name must have. */
export const HOST = DOT | LETTER;

/** Word by word: a word is a run of letters and digits. */
export function maskWords(scan: Scan, start: number, end: number, flags: number): number {
  const { text } = scan;
  let at = start;
  while (at < end) {
    const code = codeAt(text, at);
    if (!isAlnum(code)) {
      const address =
        code === COLON_SIGN && codeAt(text, at + 1) === COLON_SIGN && !isWordBefore(text, start, at)
          ? ipv6End(text, at)
          : 0;
      at = address === 0 ? at + 1 : put(scan, at, address, '<IP>');
      continue;
    }
    if ((flags & HOST) === HOST && (at === start || !isNamePart(codeAt(text, at - 1)))) {
      const host = hostEnd(text, at, end);
      if (host !== 0) {
        at = put(scan, at, portEnd(text, host), '<IP>');
        continue;
      }
    }
    at = isDigit(code) ? maskNumber(scan, start, at) : maskName(scan, start, at);
  }
  return at;
}

export function isWordBefore(text: string, start: number, at: number): boolean {
  return at > start && isAlnum(codeAt(text, at - 1));
}

/** Letters, digits, `.`, `-` and `_`: behind one no host name begins, also where a number's mask ended inside a word. */
function isNamePart(code: number): boolean {
  return isAlnum(code) || code === FULL_STOP || code === DASH || code === 95;
}
