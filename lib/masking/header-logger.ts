import { codeAt, digitsEnd, isDigit, isSpace } from './char-class.ts';
import { readLevel } from './header-level.ts';
import type { Reading } from './header-reading.ts';
import { commit, isCapitals, nameEnd, skipSpaces } from './header-reading.ts';
import { levelWord } from './levels.ts';

const SPACE = 32;
const DASH = 45;
const COLON = 58;
const PIPE = 124;
const OPEN = 91;

/** A logger's name. Sure: behind a level, compound and marked off. Else it only counts when a level follows. */
export function readLogger(reading: Reading): boolean {
  const { text, at } = reading;
  if (!reading.timed && reading.level === undefined) return false;
  const end = nameEnd(text, at);
  if (end === at || end - at > 128) return false;
  if (levelBehindDot(reading, end)) return true;
  const mark = markAfter(text, end);
  const name = text.slice(at, end);
  if (mark === 0) return readContainerStream(reading, name, end);
  if (codeAt(text, end) === PIPE && reading.timed) return takeLogger(reading, name, end);
  if (reading.level !== undefined && isLoggerName(name, reading.timed)) return takeLogger(reading, name, mark);
  if (reading.level === undefined && reading.timed)
    return readCaller(reading, name, end) || passName(reading, name, end);
  return false;
}

function takeLogger(reading: Reading, name: string, end: number): boolean {
  reading.source ||= name;
  commit(reading, end);
  return true;
}

/** Python: `time - name - LEVEL - message`: the name counts when the level has come. */
function passName(reading: Reading, name: string, end: number): boolean {
  const { text, at } = reading;
  const mark = codeAt(text, skipSpaces(text, end));
  if (mark !== DASH && mark !== PIPE) return false;
  reading.at = passNumbers(text, skipMark(text, end));
  if (readLevel(reading)) {
    reading.source ||= name;
    return true;
  }
  reading.at = at;
  return false;
}

/** Passes process ids and the marks between them. */
function passNumbers(text: string, at: number): number {
  let end = at;
  while (isDigit(codeAt(text, end))) end = skipMark(text, digitsEnd(text, end));
  return end;
}

/** Passes spaces, one mark and the spaces behind it. */
function skipMark(text: string, at: number): number {
  const next = skipSpaces(text, at);
  const code = codeAt(text, next);
  return code === DASH || code === PIPE ? skipSpaces(text, next + 1) : next;
}

/** Go: `2024/01/02 03:04:05 server.go:42: message`. */
function readCaller(reading: Reading, name: string, end: number): boolean {
  const { text } = reading;
  if (codeAt(text, end) !== COLON || !name.includes('.')) return false;
  const line = digitsEnd(text, end + 1);
  if (line === end + 1 || codeAt(text, line) !== COLON) return false;
  return takeLogger(reading, name, line + 1);
}

/** Container runtimes: `time stdout F message`. */
function readContainerStream(reading: Reading, name: string, end: number): boolean {
  if (name !== 'stdout' && name !== 'stderr') return false;
  const { text } = reading;
  const tag = codeAt(text, end + 1);
  if ((tag !== 70 && tag !== 80) || codeAt(text, end + 2) !== SPACE) return false;
  commit(reading, end + 3);
  return true;
}

/** Monolog: `app.ERROR: message`. */
function levelBehindDot(reading: Reading, end: number): boolean {
  const { text, at } = reading;
  if (codeAt(text, end) !== COLON || !reading.timed || reading.level !== undefined) return false;
  const dot = text.lastIndexOf('.', end);
  if (dot <= at) return false;
  const level = isCapitals(text, dot + 1, end) ? levelWord(text.slice(dot + 1, end), true) : undefined;
  if (level === undefined) return false;
  reading.level = level;
  return takeLogger(reading, text.slice(at, dot), end + 1);
}

/** End of the mark that sets a name off from the message (`:`, ` - `, ` : `, ` | `, tab, ` [`), 0 for none. */
function markAfter(text: string, end: number): number {
  const code = codeAt(text, end);
  if (code === COLON) return isSpace(codeAt(text, end + 1)) || isDigit(codeAt(text, end + 1)) ? end + 1 : 0;
  if (code === PIPE || code === 9) return end + 1;
  if (code !== SPACE) return 0;
  const next = skipSpaces(text, end);
  const mark = codeAt(text, next);
  if ((mark === DASH || mark === COLON || mark === PIPE) && isSpace(codeAt(text, next + 1))) return next + 1;
  return mark === OPEN && next === end + 1 ? next : 0;
}

/**
 * Behind a timestamp: a name with a dot, `::`, `$`, `_`, `-`, a digit or an inner capital; behind a bare level only one with a dot
 * or `::`. One plain word may be the message's, and an exception's name always is.
 */
function isLoggerName(name: string, timed: boolean): boolean {
  if (/(?:Error|Exception|Warning|Fault|Failure)$/.test(name)) return false;
  return timed ? /[._$:\d-]|[a-z][A-Z]/.test(name) : /[.:]/.test(name);
}
