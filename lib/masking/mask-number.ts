import { ipv4End } from './addresses.ts';
import { alnumEnd, codeAt, digitsEnd, isAlnum } from './char-class.ts';
import { addressEnd, addressMask, isHalfWord, maskWord, versionEnd } from './mask-word.ts';
import { integerBits, percentBits } from './number-evidence.ts';
import type { Scan } from './scan.ts';
import { put } from './scan.ts';
import { timestampEnd } from './timestamps.ts';
import { attachedUnit, spacedUnit } from './units.ts';

const PERCENT_SIGN = 37;
const DASH = 45;
const FULL_STOP = 46;
const COLON_SIGN = 58;

/** A word that begins with a digit: date, time, address, number and unit, or a mixed word. */
export function maskNumber(scan: Scan, tokenStart: number, start: number): number {
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
  scan.bits |= integerBits(text, start, end, scan.masked);
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
