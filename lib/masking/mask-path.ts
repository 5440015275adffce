import { ipv4End } from './addresses.ts';
import { codeAt, isAlnum, isAsciiLetter, isDigit } from './char-class.ts';
import { hasTarget, isTrailing, putTarget, targetEnd } from './mask-target.ts';
import { isWordBefore, maskWords } from './mask-words.ts';
import type { Scan } from './scan.ts';

const FULL_STOP = 46;
const STROKE = 47;
const COLON_SIGN = 58;
const REVERSE_STROKE = 92;

/**
 * What is before a path in the token, else the path that begins at `start`, to its own end; 0 where there is none. One at a time,
 * since what is before may go past the path's start, and its end would have been read for nothing.
 */
export function maskPath(scan: Scan, start: number, end: number): number {
  const { text } = scan;
  const from = pathStart(scan, start, end);
  if (from < 0 || !hasTarget(text, from + 1)) return 0;
  return from > start ? maskWords(scan, start, from, 0) : putTarget(scan, from, targetEnd(text, from), '<PATH>');
}

/** Where in the token a path begins, -1 for nowhere. */
function pathStart(scan: Scan, start: number, end: number): number {
  const { text } = scan;
  for (let at = start; at < end; at++) {
    const code = codeAt(text, at);
    if (code === STROKE && !isWordBefore(text, start, at) && opensPath(scan, at)) return withDots(text, start, at);
    if (code === COLON_SIGN && isDrive(text, start, at)) return at - 1;
    if (code === REVERSE_STROKE && at === start && isDevicePath(text, start, end)) return at;
  }
  return isRelativePath(text, start, end) ? start : -1;
}

/** A stroke opens a path where a name follows and no mask, tag or address is before or behind it. */
function opensPath(scan: Scan, at: number): boolean {
  const { text } = scan;
  const next = codeAt(text, at + 1);
  if (!isAlnum(next) && next !== FULL_STOP && next !== 95 && next !== 45) return false;
  const code = codeAt(text, at - 1);
  if (code === 60 || code === 62 || (code >= 41 && code === 93) || code === 41) return false;
  return !(isDigit(next) && ipv4End(text, at + 1) !== 0);
}

/** `./x`, `../x`: the dots belong to the path. */
function withDots(text: string, start: number, at: number): number {
  let from = at;
  while (from > start && codeAt(text, from - 1) === FULL_STOP) from--;
  return from;
}

/** `C:\` and `C:/`. */
function isDrive(text: string, start: number, colon: number): boolean {
  if (colon <= start || !isAsciiLetter(codeAt(text, colon - 1)) || isWordBefore(text, start, colon - 1)) return false;
  const next = codeAt(text, colon + 1);
  return next === REVERSE_STROKE || (next === STROKE && isAlnum(codeAt(text, colon + 2)));
}

/** `\Device\Volume1\x`: a capital behind the first stroke, since `\n` and `\t` may be a line's end written out. */
function isDevicePath(text: string, start: number, end: number): boolean {
  const code = codeAt(text, start + 1);
  if (code === REVERSE_STROKE) return isAlnum(codeAt(text, start + 2));
  return code >= 65 && code <= 90 && text.slice(start + 2, end).split('\\', 3).length === 3;
}

/** `src/app/main.go:42`: strokes between names and an extension at the end. */
function isRelativePath(text: string, start: number, end: number): boolean {
  return isDeepPath(text, start, end) || hasExtension(text, start, end);
}

/** `system/config/volume/main`: three strokes or more, each between names. */
function isDeepPath(text: string, start: number, end: number): boolean {
  let strokes = 0;
  for (let at = start + 1; at < end; at++)
    if (codeAt(text, at) === STROKE && isAsciiLetter(codeAt(text, at - 1)) && isAsciiLetter(codeAt(text, at + 1)))
      strokes++;
  return strokes >= 3 && isAsciiLetter(codeAt(text, start));
}

function hasExtension(text: string, start: number, end: number): boolean {
  let at = end;
  while (at > start && (isTrailing(codeAt(text, at - 1)) || isDigit(codeAt(text, at - 1)))) at--;
  const stop = at;
  while (at > start && isAsciiLetter(codeAt(text, at - 1))) at--;
  if (stop - at < 1 || stop - at > 5 || codeAt(text, at - 1) !== FULL_STOP || !isAlnum(codeAt(text, at - 2)))
    return false;
  while (at > start && codeAt(text, at - 1) !== STROKE) at--;
  return at > start + 1;
}
