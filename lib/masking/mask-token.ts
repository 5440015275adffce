import { ipv4End, ipv6End, macEnd, portEnd, uuidEnd } from './addresses.ts';
import {
  AT,
  alnumEnd,
  BACKSLASH,
  COLON,
  codeAt,
  DOT,
  digitsEnd,
  isAlnum,
  isAsciiLetter,
  isDigit,
  isHex,
  LETTER,
  SLASH,
  tokenBits,
} from './char-class.ts';
import { integerBits, isRequestTarget, percentBits, statusAfterTargetBits } from './evidence.ts';
import type { Mask } from './masks.ts';
import { put, type Scan } from './scan.ts';
import { timestampEnd } from './timestamps.ts';
import { attachedUnit, spacedUnit } from './units.ts';
import { hostEnd, isKnownName, isRandomSuffix, wholeWordMask } from './words.ts';

/** What a host name must have. */
const HOST = DOT | LETTER;
const PERCENT_SIGN = 37;
const DASH = 45;
const FULL_STOP = 46;
const STROKE = 47;
const COLON_SIGN = 58;
const AT_SIGN = 64;
const REVERSE_STROKE = 92;

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

/** Word by word: a word is a run of letters and digits. */
function maskWords(scan: Scan, start: number, end: number, flags: number): number {
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
    if ((flags & HOST) === HOST && (at === start || !isNameJoiner(codeAt(text, at - 1)))) {
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

function isWordBefore(text: string, start: number, at: number): boolean {
  return at > start && isAlnum(codeAt(text, at - 1));
}

/** `.`, `-`, `_`: what joins the labels of a name. */
function isNameJoiner(code: number): boolean {
  return code === FULL_STOP || code === DASH || code === 95;
}

/** A word that begins with a letter. */
function maskName(scan: Scan, tokenStart: number, start: number): number {
  const { text } = scan;
  const end = alnumEnd(text, start);
  const next = codeAt(text, end);
  if (next === DASH || next === COLON_SIGN) {
    const address = addressEnd(text, start, end, next);
    if (address !== 0) return put(scan, start, address, addressMask(address - start));
  }
  return maskWord(scan, tokenStart, start, end);
}

/** End of the UUID (36 characters), MAC (17) or IPv6 address that begins with the hex word `text[start, end)`; 0 for none. */
function addressEnd(text: string, start: number, end: number, next: number): number {
  const length = end - start;
  if (length === 8) return next === DASH ? uuidEnd(text, start) : 0;
  if (length > 4 || !isHex(codeAt(text, start)) || isHalfWord(text, start)) return 0;
  const mac = length === 2 ? macEnd(text, start) : 0;
  if (mac !== 0 || next !== COLON_SIGN) return mac;
  const address = ipv6End(text, start);
  return address - start === 17 || address - start === 36 ? 0 : address;
}

/** Whether the word at `start` goes on from a `:`, `.` or `~` before it. */
function isHalfWord(text: string, start: number): boolean {
  const code = codeAt(text, start - 1);
  return code === COLON_SIGN || code === FULL_STOP || code === 126;
}

/** A word that begins with a digit: date, time, address, number and unit, or a mixed word. */
function maskNumber(scan: Scan, tokenStart: number, start: number): number {
  const { text } = scan;
  const digits = digitsEnd(text, start);
  const next = codeAt(text, digits);
  if (digits - start <= 8) {
    const special = specialNumber(scan, start, digits, next);
    if (special !== 0) return special;
  }
  if (isAlnum(next))
    return (digits - start < 6 ? maskQuantity(scan, start, digits) : 0) || maskMixed(scan, tokenStart, start, digits);
  const end = numberEnd(text, start, digits, next);
  const from = signedStart(scan, start);
  const follow = codeAt(text, end);
  if (follow === PERCENT_SIGN) {
    scan.bits |= percentBits(text, start, end);
    return put(scan, from, end + 1, '<PERCENT>');
  }
  if (isAlnum(follow)) {
    const unit = attachedUnit(text, end);
    return unit === undefined ? put(scan, from, end, '<NUM>') : put(scan, from, unit.end, unit.mask);
  }
  if (follow === 32) {
    if (codeAt(text, end + 1) === 112 && text.startsWith(' percent', end)) {
      scan.bits |= percentBits(text, start, end);
      return put(scan, from, end + 8, '<PERCENT>');
    }
    const unit = spacedUnit(text, end);
    if (unit !== undefined) return put(scan, from, unit.end, unit.mask);
  }
  if (end !== digits) return put(scan, from, end, '<NUM>');
  if (digits - start >= 8 && codeAt(text, start) === 48) return put(scan, from, end, '<HEX>');
  scan.bits |= integerBits(text, start, end);
  return put(scan, from, end, '<NUM>');
}

function specialNumber(scan: Scan, start: number, digits: number, next: number): number {
  const { text } = scan;
  const half = isHalfWord(text, start);
  if (next === FULL_STOP && (!half || codeAt(text, start - 1) === COLON_SIGN)) {
    const address = ipv4End(text, start);
    if (address !== 0) return put(scan, start, address, '<IP>');
  }
  const address = next === DASH || next === COLON_SIGN || isAlnum(next) ? addressOf(text, start) : 0;
  if (address !== 0) return put(scan, start, address, addressMask(address - start));
  const length = digits - start;
  if (half || (length > 2 && length !== 4 && length !== 8)) return 0;
  const time = timestampEnd(text, start);
  return time === 0 ? 0 : put(scan, start, time, '<TIME>');
}

/** Which address it is shows in its length: no other kind is let through with 36 or 17 characters. */
function addressMask(length: number): Mask {
  return length === 36 ? '<UUID>' : length === 17 ? '<MAC>' : '<IP>';
}

function addressOf(text: string, start: number): number {
  const end = alnumEnd(text, start);
  const next = codeAt(text, end);
  return next === DASH || next === COLON_SIGN ? addressEnd(text, start, end, next) : 0;
}

/** `12ms`, `4G`, `1h23m`: 0 where letters follow that are no unit. */
function maskQuantity(scan: Scan, start: number, digits: number): number {
  const unit = attachedUnit(scan.text, digits);
  return unit === undefined ? 0 : put(scan, signedStart(scan, start), unit.end, unit.mask);
}

function maskMixed(scan: Scan, tokenStart: number, start: number, digits: number): number {
  return maskWord(scan, tokenStart, start, alnumEnd(scan.text, digits));
}

/** End of decimals, versions, thousands and an exponent behind the digits that end at `digits`. */
function numberEnd(text: string, start: number, digits: number, next: number): number {
  let end = digits;
  if (next === 44 && digits - start <= 3) {
    let group = thousandsEnd(text, end);
    while (group !== 0) {
      end = group;
      group = thousandsEnd(text, end);
    }
  }
  end = versionEnd(text, end);
  return end > digits && (codeAt(text, end) | 32) === 101 ? exponentEnd(text, end) : end;
}

/** End of `,123` at `at`, 0 where it is no thousands group. */
function thousandsEnd(text: string, at: number): number {
  return codeAt(text, at) === 44 && digitsEnd(text, at + 1) === at + 4 && !isAlnum(codeAt(text, at + 4)) ? at + 4 : 0;
}

function exponentEnd(text: string, at: number): number {
  const sign = codeAt(text, at + 1);
  const from = sign === 43 || sign === DASH ? at + 2 : at + 1;
  const end = digitsEnd(text, from);
  return end > from && !isAlnum(codeAt(text, end)) ? end : at;
}

/** A minus belongs to its number unless something stands before it that it may join. */
function signedStart(scan: Scan, start: number): number {
  if (codeAt(scan.text, start - 1) !== DASH || start - 1 < scan.copied) return start;
  const code = codeAt(scan.text, start - 2);
  return isAlnum(code) || code === 41 || code === 62 || code === 93 ? start : start - 1;
}

/** The word `text[start, end)`: left alone, masked whole, or only its digits. */
function maskWord(scan: Scan, tokenStart: number, start: number, end: number): number {
  const { text } = scan;
  const afterMask = scan.copied === start - 1 && start - 1 > tokenStart && codeAt(text, start - 1) === DASH;
  if (afterMask && isRandomSuffix(text, start, end)) return put(scan, start, end, '<ID>');
  let first = start;
  while (first < end && !isDigit(codeAt(text, first))) first++;
  if (first === end || isKnownName(text, start, end)) return end;
  const mask = wholeWordMask(text, start, end);
  if (mask !== undefined) return put(scan, start, end, mask);
  let at = first;
  while (at < end) at = isDigit(codeAt(text, at)) ? put(scan, at, versionEnd(text, at), '<NUM>') : at + 1;
  return at;
}

/** End of `1` or `1.2.3`: the digits at `at` and the decimals behind them. */
function versionEnd(text: string, at: number): number {
  let end = digitsEnd(text, at);
  while (codeAt(text, end) === FULL_STOP && isDigit(codeAt(text, end + 1))) end = digitsEnd(text, end + 1);
  return end;
}

/** `scheme://…` in the token, to the end of the address; 0 where there is none. */
function maskUrl(scan: Scan, start: number, end: number): number {
  const { text } = scan;
  let colon = start;
  while (colon < end && !(codeAt(text, colon) === COLON_SIGN && text.startsWith('//', colon + 1))) colon++;
  if (colon >= end) return 0;
  let from = colon;
  while (from > start && isAlnum(codeAt(text, from - 1))) from--;
  if (from === colon) return 0;
  if (from > start) maskWords(scan, start, from, HOST);
  return putTarget(scan, Math.max(from, scan.copied), targetEnd(text, colon + 3), '<URL>');
}

function putTarget(scan: Scan, from: number, end: number, mask: '<URL>' | '<PATH>'): number {
  if (isRequestTarget(scan.text, from)) scan.bits |= statusAfterTargetBits(scan.text, end);
  return put(scan, from, end, mask);
}

/** Where a URL or path ends: at a space, quote, bracket or control; trailing punctuation is the sentence's. */
function targetEnd(text: string, at: number): number {
  let end = at;
  while (isTargetPart(codeAt(text, end))) end++;
  while (end > at && isTrailing(codeAt(text, end - 1))) end--;
  return end;
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
function isTrailing(code: number): boolean {
  return code === FULL_STOP || code === 44 || code === COLON_SIGN || code === 59 || code === 33 || code === 63;
}

function maskEmail(scan: Scan, start: number, end: number): number {
  const { text } = scan;
  let at = start;
  while (at < end && codeAt(text, at) !== AT_SIGN) at++;
  let from = at;
  while (from > start && isLocalPart(codeAt(text, from - 1))) from--;
  const stop = domainEnd(text, at + 1, end);
  if (from === at || stop === 0) return 0;
  if (from > start) maskWords(scan, start, from, 0);
  if (scan.copied > from) return 0;
  put(scan, from, stop, '<EMAIL>');
  return maskWords(scan, stop, end, HOST);
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

function maskPath(scan: Scan, start: number, end: number): number {
  const { text } = scan;
  const from = pathStart(scan, start, end);
  if (from < 0) return 0;
  if (from > start) maskWords(scan, start, from, 0);
  if (scan.copied > from) return 0;
  const stop = targetEnd(text, from);
  return stop > from + 1 ? putTarget(scan, from, stop, '<PATH>') : 0;
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

/** `\\Device\\Volume1\\x`: a capital behind the first stroke, since `\\n` and `\\t` may be a line's end written out. */
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
