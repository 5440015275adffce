import { AT, BACKSLASH, COLON, codeAt, DIGIT, DOT, isSpace, isStray, SLASH, tokenBits } from './char-class.ts';
import { cleanText } from './clean-text.ts';
import { maskToken } from './mask-token.ts';
import { maskAt } from './masks.ts';
import { signalBits } from './outcome-evidence.ts';
import { beginScan, put, type Scan } from './scan.ts';
import { timestampEnd } from './timestamps.ts';
import { userNameEnd } from './user-name.ts';
import { errorWordBits, mayBeErrorWord } from './word-evidence.ts';

export interface MaskedText {
  readonly pattern: string;
  /** Evidence as bits (see evidence.ts). */
  readonly bits: number;
}

/** A token with none of these is plain words. */
const TELLING = DIGIT | SLASH | AT | BACKSLASH | DOT | COLON;
/** Initials of words that are looked at: `error`, `failure`, `issue`, `problem`, `SIGKILL`, `signal`, months and days, `user` and `for` before a name. */
const LOOKED_AT = new Uint8Array(128);
for (const initial of 'eEfFiIpPsSJMAONDTWur') LOOKED_AT[initial.charCodeAt(0)] = 1;

/**
 * One pass over a text: variable parts become masks, runs of whitespace one space, the ends trimmed. Reads every character a
 * bounded number of times, so time is linear in the length whatever the text holds.
 */
export function scanText(given: string): MaskedText {
  const text = hasEdge(given) ? given.trim() : given;
  const scan = beginScan(text);
  if (!scanAll(scan)) return scanText(cleanText(text));
  const pattern = scan.copied === 0 ? text : scan.out + text.slice(scan.copied);
  return { pattern, bits: scan.bits };
}

function hasEdge(text: string): boolean {
  return isSpace(codeAt(text, 0)) || isSpace(codeAt(text, text.length - 1));
}

/** False when a stray character was met: the text must be cleaned first. */
function scanAll(scan: Scan): boolean {
  const { text } = scan;
  const end = text.length;
  let at = 0;
  while (at < end) {
    const start = at;
    let flags = 0;
    for (let bits = 0; at < end; at++, flags |= bits) {
      bits = tokenBits(text.charCodeAt(at));
      if (bits === 0) break;
    }
    if ((flags & TELLING) !== 0) at = maskToken(scan, start, at, flags);
    else if (flags !== 0) at = lookAtWord(scan, start, at);
    if (at >= end) break;
    const next = passDelimiter(scan, at);
    if (next < 0) return false;
    at = next;
  }
  return true;
}

/** Goes past what ended a token; -1 for a stray character. */
function passDelimiter(scan: Scan, at: number): number {
  const { text } = scan;
  const code = codeAt(text, at);
  if (code === 60) return passMask(scan, at);
  if (isSpace(code)) {
    let end = at + 1;
    while (isSpace(codeAt(text, end))) end++;
    return end === at + 1 && code === 32 ? end : put(scan, at, end, ' ');
  }
  if (tokenBits(code) !== 0) return at;
  return isStray(code) ? -1 : at + 1;
}

/** A mask that stands in the text already stays; so masking a pattern changes nothing. */
function passMask(scan: Scan, at: number): number {
  const mask = maskAt(scan.text, at);
  return mask === undefined ? at + 1 : put(scan, at, at + mask.length, mask);
}

/** Words without digits that still say something: dates that begin with a name, `errors`, fatal signals. */
function lookAtWord(scan: Scan, start: number, end: number): number {
  const { text } = scan;
  const code = codeAt(text, start);
  if (code >= 128 || LOOKED_AT[code] === 0) return end;
  const length = end - start;
  if (mayBeErrorWord(text, start, length)) scan.bits |= errorWordBits(text, start, end);
  if (code >= 102 && code !== 115) {
    const name = userNameEnd(text, start, end);
    return name === 0 ? end : put(scan, end + 1, name, '<USER>');
  }
  if (length === 3 || (length === 4 && code !== 69)) {
    const time = timestampEnd(text, start);
    return time === 0 ? end : put(scan, start, time, '<TIME>');
  }
  if (length < 5) return end;
  if (length <= 7 && (code === 83 || code === 115)) scan.bits |= signalBits(text, start, end);
  return end;
}
