import type { Severity } from '../domain/severity.ts';
import { codeAt, isAlnum, isSpace } from './char-class.ts';
import { isLaterLevel } from './levels.ts';

const COLON = 58;

/** A line's head: where the message begins, and what the head says. `start` is 0 where there is no head. */
export interface Header {
  start: number;
  level: Severity | undefined;
  /** The last level it surely has: a daemon's priority stands first, the program's own word behind it. */
  innermost: Severity | undefined;
  source: string;
}

/** A head being read. */
export interface Reading extends Header {
  readonly text: string;
  /** Where reading stands; `start` follows only when an item was surely part of the head. */
  at: number;
  timed: boolean;
  /** A number (a process id) was the last item. */
  numbered: boolean;
  /** A bracket with a level and nothing else was the last item. */
  leveled: boolean;
}

export function commit(reading: Reading, end: number): void {
  reading.at = end;
  reading.start = end;
  reading.numbered = false;
  reading.leveled = false;
}

/** Takes a level that stands in the head as `word` ('' where it is a letter or number): the first is the line's. */
export function takeLevel(reading: Reading, level: Severity | undefined, word: string): void {
  if (level === undefined) return;
  if (reading.level === undefined || isLaterLevel(word)) reading.innermost = level;
  reading.level ??= level;
}

export function skipSpaces(text: string, at: number): number {
  let end = at;
  while (isSpace(codeAt(text, end))) end++;
  return end;
}

export function isCapitals(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = codeAt(text, at);
    if (code < 65 || code > 90) return false;
  }
  return true;
}

export function nameEnd(text: string, at: number): number {
  let end = at;
  while (end - at < 130) {
    const code = codeAt(text, end);
    const inner = code === 46 || code === 95 || code === 36 || code === 45 || code === 47 || code === 64;
    const doubled = code === COLON && codeAt(text, end + 1) === COLON;
    if (doubled) end++;
    else if (!(isAlnum(code) && code < 128) && !inner) break;
    end++;
  }
  return end;
}
