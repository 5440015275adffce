import { ipv6End, macEnd, uuidEnd } from './addresses.ts';
import { alnumEnd, codeAt, digitsEnd, isDigit, isHex } from './char-class.ts';
import type { Mask } from './masks.ts';
import type { Scan } from './scan.ts';
import { put } from './scan.ts';
import { isKnownName, isRandomSuffix, wholeWordMask } from './words.ts';

const DASH = 45;
const FULL_STOP = 46;
const COLON_SIGN = 58;

/** A word that begins with a letter. */
export function maskName(scan: Scan, tokenStart: number, start: number): number {
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
export function addressEnd(text: string, start: number, end: number, next: number): number {
  const length = end - start;
  if (length === 8) return next === DASH ? uuidEnd(text, start) : 0;
  if (length > 4 || !isHex(codeAt(text, start)) || isHalfWord(text, start)) return 0;
  const mac = length === 2 ? macEnd(text, start) : 0;
  if (mac !== 0 || next !== COLON_SIGN) return mac;
  const address = ipv6End(text, start);
  return address - start === 17 || address - start === 36 ? 0 : address;
}

/** Whether the word at `start` goes on from a `:`, `.` or `~` before it. */
export function isHalfWord(text: string, start: number): boolean {
  const code = codeAt(text, start - 1);
  return code === COLON_SIGN || code === FULL_STOP || code === 126;
}

/** Which address it is shows in its length: no other kind is let through with 36 or 17 characters. */
export function addressMask(length: number): Mask {
  return length === 36 ? '<UUID>' : length === 17 ? '<MAC>' : '<IP>';
}

/** The word `text[start, end)`: left alone, masked whole, or only its digits. */
export function maskWord(scan: Scan, tokenStart: number, start: number, end: number): number {
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
export function versionEnd(text: string, at: number): number {
  let end = digitsEnd(text, at);
  while (codeAt(text, end) === FULL_STOP && isDigit(codeAt(text, end + 1))) end = digitsEnd(text, end + 1);
  return end;
}
