import type { Severity } from '../domain/severity.ts';
import { alnumEnd, codeAt, digitsEnd, isAlnum, isAsciiLetter, isDigit, isSpace } from './char-class.ts';
import { bracketParts } from './header-bracket.ts';
import {
  compactHeaderEnd,
  glogHeader,
  logcatHeader,
  rubyLetterEnd,
  syslog5424Head,
  syslogProgram,
} from './header-shapes.ts';
import { levelWord, priorityToSeverity } from './levels.ts';
import { timestampEnd } from './timestamps.ts';

/** A line's head: where the message begins, and what the head says. `start` is 0 where there is no head. */
export interface Header {
  start: number;
  level: Severity | undefined;
  source: string;
}

interface Reading extends Header {
  readonly text: string;
  /** Where reading stands; `start` follows only when an item was surely part of the head. */
  at: number;
  timed: boolean;
  /** A number (a process id) was the last item. */
  numbered: boolean;
}

const MAX_ITEMS = 14;
const MAX_HEAD = 400;
const SPACE = 32;
const DASH = 45;
const COLON = 58;
const PIPE = 124;
const OPEN = 91;

/**
 * Reads the head of a text line: timestamps, levels, threads, process ids, loggers, in the orders that syslog, log4j, logback,
 * Python, Go, klog, nginx, Apache and their kin write them. An item that may as well be a message's word only counts when a
 * sure one follows.
 */
export function readHeader(text: string): Header {
  const reading: Reading = {
    text,
    at: skipSpaces(text, 0),
    start: 0,
    level: undefined,
    source: '',
    timed: false,
    numbered: false,
  };
  if (!readSpecialHead(reading)) readPriority(reading);
  for (let item = 0; item < MAX_ITEMS && reading.at < MAX_HEAD && reading.at < text.length; item++) {
    if (item > 0 || reading.at > 0) passSeparators(reading);
    if (!readItem(reading)) break;
  }
  return reading;
}

/** Shapes that are read whole. */
function readSpecialHead(reading: Reading): boolean {
  const special = glogHeader(reading.text, reading.at) ?? logcatHeader(reading.text, reading.at);
  if (special === undefined) {
    const letter = rubyLetterEnd(reading.text, reading.at);
    const compact = letter === 0 ? compactHeaderEnd(reading.text, reading.at) : 0;
    if (compact !== 0) {
      commit(reading, compact);
      reading.timed = true;
    } else if (letter !== 0) reading.at = letter;
    return compact !== 0;
  }
  reading.level = special.level;
  reading.source ||= special.source;
  commit(reading, special.start);
  return true;
}

/** `<34>` and, behind it, RFC 5424's fields. */
function readPriority(reading: Reading): void {
  const { text } = reading;
  const from = reading.at;
  if (codeAt(text, from) !== 60) return;
  const end = digitsEnd(text, from + 1);
  if (end === from + 1 || end - from > 4 || codeAt(text, end) !== 62) return;
  const severity = priorityToSeverity(Number(text.slice(from + 1, end)));
  if (severity === undefined) return;
  reading.level = severity;
  reading.timed = true;
  commit(reading, end + 1);
  const head = syslog5424Head(text, end + 1);
  if (head === undefined) return;
  reading.source ||= head.source;
  commit(reading, head.start);
}

function commit(reading: Reading, end: number): void {
  reading.at = end;
  reading.start = end;
  reading.numbered = false;
}

function readItem(reading: Reading): boolean {
  const code = codeAt(reading.text, reading.at);
  if (code === OPEN || code === 40) return readBracket(reading, code === OPEN ? 93 : 41);
  if (readTimestamp(reading)) return true;
  if (isDigit(code)) return readNumber(reading);
  return isAsciiLetter(code) ? readLevel(reading) || readLogger(reading) : false;
}

function readTimestamp(reading: Reading): boolean {
  const end = timestampEnd(reading.text, reading.at);
  if (end === 0 || (reading.level !== undefined && reading.source !== '')) return false;
  if (!isHeadBreak(codeAt(reading.text, end))) return false;
  reading.timed = true;
  commit(reading, end);
  const program = syslogProgram(
    reading.text,
    end,
    codeAt(reading.text, end - 3) === COLON && isAsciiLetter(codeAt(reading.text, end - 15)),
  );
  if (program !== undefined) {
    reading.source ||= program.source;
    commit(reading, program.start);
  }
  return true;
}

/** What may follow an item: space, `|`, `:`, `,`, `]`, `-`, the end (0). */
function isHeadBreak(code: number): boolean {
  return isSpace(code) || code === PIPE || code === COLON || code === 44 || code === 93 || code === 0;
}

/** A process id or line number: surely one only between pipes, else when a sure item follows. */
function readNumber(reading: Reading): boolean {
  const { text, at } = reading;
  const end = digitsEnd(text, at);
  const code = codeAt(text, end);
  if (!(reading.timed || reading.level !== undefined)) return false;
  if (code === 35 && isDigit(codeAt(text, end + 1))) return readWorker(reading, end);
  if (code !== SPACE && code !== PIPE && code !== 9) return false;
  if (code === PIPE && reading.timed) commit(reading, end);
  reading.at = end;
  reading.numbered = true;
  return true;
}

/** nginx: `123#123: *45 `. */
function readWorker(reading: Reading, hash: number): boolean {
  const { text } = reading;
  let end = digitsEnd(text, hash + 1);
  if (codeAt(text, end) !== COLON) return false;
  end = skipSpaces(text, end + 1);
  if (codeAt(text, end) === 42 && isDigit(codeAt(text, end + 1))) end = digitsEnd(text, end + 1);
  commit(reading, end);
  return false;
}

function readLevel(reading: Reading): boolean {
  const { text, at } = reading;
  let end = at;
  while (end - at < 14 && isAsciiLetter(codeAt(text, end))) end++;
  if (reading.level !== undefined && !(reading.start === at || reading.timed)) return false;
  if (end === at + 1) return readLetterLevel(reading, end);
  const level = levelWord(text.slice(at, end), reading.timed);
  if (level === undefined || !isLevelHere(reading, end)) return false;
  const again = reading.level !== undefined;
  reading.level ??= level;
  commit(reading, codeAt(text, end) === COLON ? end + 1 : end);
  if (!again && codeAt(text, end) === COLON && isAsciiLetter(codeAt(text, end + 1))) readPythonName(reading);
  return true;
}

/** logcat: `03-17 16:13:38.811  1702  2395 D WindowManager: …`. */
function readLetterLevel(reading: Reading, end: number): boolean {
  if (!reading.numbered || reading.level !== undefined || text1(reading, end) !== SPACE) return false;
  const level = { V: 'debug', D: 'debug', I: 'info', W: 'warn', E: 'error', F: 'critical' } as const;
  const letter = reading.text.charAt(reading.at);
  const severity = Object.entries(level).find(([name]) => name === letter)?.[1];
  if (severity === undefined) return false;
  reading.level = severity;
  commit(reading, end);
  return true;
}

function text1(reading: Reading, at: number): number {
  return codeAt(reading.text, at);
}

/** A level's word is one by what follows it: a mark; behind a timestamp wide space or a bracket; in capitals one space. */
function isLevelHere(reading: Reading, end: number): boolean {
  const { text, at } = reading;
  const code = codeAt(text, end);
  if (code === 0) return reading.start > 0;
  if (code === COLON || code === PIPE)
    return code === PIPE || isSpace(codeAt(text, end + 1)) || isAsciiLetter(codeAt(text, end + 1));
  if (!isSpace(code)) return false;
  const next = skipSpaces(text, end);
  const mark = codeAt(text, next);
  if (
    (mark === DASH || mark === PIPE || mark === COLON) &&
    (isSpace(codeAt(text, next + 1)) || codeAt(text, next + 1) === mark)
  )
    return true;
  if (reading.timed && (next - end > 1 || code === 9 || mark === OPEN || mark === 40)) return true;
  if (!isCapitals(text, at, end)) return false;
  return reading.timed || !isCapitals(text, next, Math.max(next + 2, alnumEnd(text, next)));
}

function isCapitals(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = codeAt(text, at);
    if (code < 65 || code > 90) return false;
  }
  return true;
}

/** Python's plain form: `WARNING:root:message`. */
function readPythonName(reading: Reading): void {
  const { text, at } = reading;
  const end = nameEnd(text, at);
  if (end === at || codeAt(text, end) !== COLON || isSpace(codeAt(text, end + 1))) return;
  reading.source ||= text.slice(at, end);
  commit(reading, end + 1);
}

/** A logger's name. Sure: behind a level, compound and marked off. Else it only counts when a level follows. */
function readLogger(reading: Reading): boolean {
  const { text, at } = reading;
  if (!reading.timed && reading.level === undefined) return false;
  const end = nameEnd(text, at);
  if (end === at || end - at > 128) return false;
  const dotLevel = levelBehindDot(reading, end);
  if (dotLevel) return true;
  const mark = markAfter(text, end);
  const name = text.slice(at, end);
  if (mark === 0) return readContainerStream(reading, name, end);
  if (codeAt(text, end) === PIPE && reading.timed) return takeLogger(reading, name, end);
  if (reading.level !== undefined && mark > 0 && isCompound(name)) return takeLogger(reading, name, mark);
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
  const { text } = reading;
  const next = skipSpaces(text, end);
  if (codeAt(text, next) !== DASH && codeAt(text, next) !== PIPE) return false;
  const before = reading.at;
  reading.at = next + 1;
  reading.at = skipSpaces(text, reading.at);
  while (isDigit(codeAt(text, reading.at)))
    reading.at = skipSpaces(text, Math.max(digitsEnd(text, reading.at), skipMark(text, digitsEnd(text, reading.at))));
  if (readLevel(reading)) {
    reading.source ||= name;
    return true;
  }
  reading.at = before;
  return false;
}

function skipMark(text: string, at: number): number {
  const next = skipSpaces(text, at);
  return codeAt(text, next) === DASH || codeAt(text, next) === PIPE ? next + 1 : next;
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

/** A name with a dot, `::`, `$`, `_`, `-`, a digit or an inner capital, and no exception's: one plain word may be the message's. */
function isCompound(name: string): boolean {
  if (/(?:Error|Exception|Warning|Fault|Failure)$/.test(name)) return false;
  return /[._$:\d-]|[a-z][A-Z]/.test(name);
}

function nameEnd(text: string, at: number): number {
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

function readBracket(reading: Reading, close: number): boolean {
  const { text, at } = reading;
  const inHead = reading.timed || reading.level !== undefined;
  const parts = bracketParts(text, at, close, inHead);
  if (parts === undefined) return false;
  if (parts.timed) reading.timed = true;
  reading.level ??= parts.level;
  if (parts.source !== '' && parts.sure) reading.source ||= parts.source;
  if (parts.sure) commit(reading, parts.end);
  else reading.at = parts.end;
  return true;
}

/** Passes `-`, `--`, `---`, `|`, `:` and spaces between items; behind a sure item they belong to the head. */
function passSeparators(reading: Reading): void {
  const { text } = reading;
  const sure = reading.start === reading.at;
  let at = skipSpaces(text, reading.at);
  if (reading.start > 0) at = marksEnd(text, marksEnd(text, at));
  reading.at = at;
  if (sure && reading.start > 0) reading.start = at;
}

/** End of up to three marks and the spaces behind them; `at` where they lean on a word (`-x`). */
function marksEnd(text: string, at: number): number {
  let end = at;
  while (end - at < 3 && isMark(codeAt(text, end))) end++;
  const leans = !isSpace(codeAt(text, end)) && codeAt(text, end - 1) !== PIPE && codeAt(text, end - 1) !== COLON;
  return end === at || leans ? at : skipSpaces(text, end);
}

function isMark(code: number): boolean {
  return code === DASH || code === COLON || code === PIPE || code === 44;
}

function skipSpaces(text: string, at: number): number {
  let end = at;
  while (isSpace(codeAt(text, end))) end++;
  return end;
}
