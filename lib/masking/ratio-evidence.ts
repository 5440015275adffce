import { codeAt, digitsEnd, isAlnum } from './char-class.ts';
import { RATIO_ALL, RATIO_NONE, RATIO_SOME } from './evidence.ts';
import { countsTrouble } from './ratio-predicate.ts';

const READY_WORDS =
  /\b(?:ready|up|available|running|replicas?|healthy|online|alive|nodes?|pods?|members?|quorum|instances?|brokers?|targets?|shards?|disks?|checks?|passed|succeeded)\b/;
/** As long as "unavailable replicas are only: ", and as "out of". */
const CHARS_BEFORE = 32;
const CHARS_AFTER = 24;
/** Of "attempt 0/3" the number says which, not how many. */
const ORDINAL = /(?:attempt|retry|try|step|phase|page|chunk|part)s? {0,2}[#:(]? ?$/;
const NONE_OF = /(?<![\w.,/-])0(\/| of | out of )$/;

/** `0/3`, `2 of 3`, `3 out of 3` near words of readiness; of what failed none is all and all is none. */
export function ratioBits(text: string, start: number, end: number, part: number): number {
  let at = end;
  if (codeAt(text, end) === 47) at = end + 1;
  else if (codeAt(text, end) !== 32 || codeAt(text, end + 1) !== 111) return 0;
  else if (text.startsWith(' of ', end)) at = end + 4;
  else if (text.startsWith(' out of ', end)) at = end + 8;
  else return 0;
  const stop = digitsEnd(text, at);
  if (stop === at || stop - at > 6 || codeAt(text, stop) === 47 || isAlnum(codeAt(text, stop))) return 0;
  const whole = Number(text.slice(at, stop));
  if (whole === 0 || part > whole) return 0;
  const before = text.slice(Math.max(0, start - CHARS_BEFORE), start).toLowerCase();
  if (!READY_WORDS.test(`${before} ${text.slice(stop, stop + CHARS_AFTER).toLowerCase()}`)) return 0;
  if (part > 0 && part < whole) return RATIO_SOME;
  const isNone = part === 0;
  if (isNone && ORDINAL.test(before)) return RATIO_NONE;
  const isTrouble = countsTrouble({ text, before, stop, isNone, isOf: codeAt(text, end) === 32 });
  return isNone === isTrouble ? RATIO_ALL : RATIO_NONE;
}

/** Whether `text[start, stop)` is the whole of a ratio of which none failed: the 12 of "0 of 12 failed". */
export function isWholeOfNone(text: string, start: number, stop: number): boolean {
  const before = text.slice(Math.max(0, start - CHARS_BEFORE), start).toLowerCase();
  const match = NONE_OF.exec(before);
  if (match === null) return false;
  const ahead = before.slice(0, match.index);
  if (ORDINAL.test(ahead)) return false;
  return countsTrouble({ text, before: ahead, stop, isNone: true, isOf: match[1] !== '/' });
}
