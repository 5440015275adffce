import { codeAt, isAlnum, isAsciiLetter, tokenBits } from './char-class.ts';
import { HOST, maskWords } from './mask-words.ts';
import { isRequestTarget, statusAfterTargetBits } from './number-evidence.ts';
import type { Scan } from './scan.ts';
import { put } from './scan.ts';

const DASH = 45;
const FULL_STOP = 46;
const COLON_SIGN = 58;
const AT_SIGN = 64;

/** `scheme://…` in the token, to the end of the address; 0 where there is none. */
export function maskUrl(scan: Scan, start: number, end: number): number {
  const { text } = scan;
  let colon = start;
  while (colon < end && !(codeAt(text, colon) === COLON_SIGN && text.startsWith('//', colon + 1))) colon++;
  if (colon >= end) return 0;
  let from = colon;
  while (from > start && isAlnum(codeAt(text, from - 1))) from--;
  if (from === colon) return 0;
  const done = from > start ? maskWords(scan, start, from, HOST) : from;
  return done > from ? done : putTarget(scan, from, targetEnd(text, colon + 3), '<URL>');
}

/** `name@example.com` in the token; 0 where there is none. */
export function maskEmail(scan: Scan, start: number, end: number): number {
  const { text } = scan;
  let at = start;
  while (at < end && codeAt(text, at) !== AT_SIGN) at++;
  let from = at;
  while (from > start && isLocalPart(codeAt(text, from - 1))) from--;
  const stop = domainEnd(text, at + 1, end);
  if (from === at || stop === 0) return 0;
  const done = from > start ? maskWords(scan, start, from, 0) : from;
  return done > from ? done : put(scan, from, stop, '<EMAIL>');
}

function isLocalPart(code: number): boolean {
  return (isAlnum(code) && code < 128) || code === FULL_STOP || code === DASH || code === 95 || code === 43;
}

/** End of `example.com` at `at`: at least two labels, the last one letters. */
function domainEnd(text: string, at: number, limit: number): number {
  let end = at;
  let dot = 0;
  for (; end < limit; end++) {
    const code = codeAt(text, end);
    if (code === FULL_STOP && isAlnum(codeAt(text, end + 1))) dot = end;
    else if (!((isAlnum(code) && code < 128) || code === DASH)) break;
  }
  return dot > at && end - dot > 2 && isAsciiLetter(codeAt(text, dot + 1)) ? end : 0;
}

export function putTarget(scan: Scan, from: number, end: number, mask: '<URL>' | '<PATH>'): number {
  if (isRequestTarget(scan.text, from)) scan.bits |= statusAfterTargetBits(scan.text, end);
  return put(scan, from, end, mask);
}

/** Where a URL or path ends: at a space, quote, bracket or control; trailing punctuation is the sentence's. */
export function targetEnd(text: string, at: number): number {
  let end = at;
  while (isTargetPart(codeAt(text, end))) end++;
  while (end > at && isTrailing(codeAt(text, end - 1))) end--;
  return end;
}

/** Whether at `at` more follows of a URL or path than punctuation. */
export function hasTarget(text: string, at: number): boolean {
  let end = at;
  while (isTrailing(codeAt(text, end))) end++;
  return isTargetPart(codeAt(text, end));
}

/** `! # $ % & * = ? ~ , ;` and what may stand in a token. */
function isTargetPart(code: number): boolean {
  if (tokenBits(code) !== 0) return true;
  return (
    (code >= 33 && code <= 38 && code !== 34) ||
    code === 42 ||
    code === 44 ||
    code === 59 ||
    code === 61 ||
    code === 63 ||
    code === 126
  );
}

/** `. , : ; ! ?` */
export function isTrailing(code: number): boolean {
  return code === FULL_STOP || code === 44 || code === COLON_SIGN || code === 59 || code === 33 || code === 63;
}
