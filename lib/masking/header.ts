import { codeAt, digitsEnd, isAsciiLetter, isDigit, isSpace } from './char-class.ts';
import { bracketParts } from './header-bracket.ts';
import { readLevel } from './header-level.ts';
import { readLogger } from './header-logger.ts';
import type { Header, Reading } from './header-reading.ts';
import { commit, skipSpaces, takeLevel } from './header-reading.ts';
import {
  compactHeaderEnd,
  glogHeader,
  logcatHeader,
  rubyLetterEnd,
  syslog5424Head,
  syslogProgram,
} from './header-shapes.ts';
import { priorityToSeverity } from './levels.ts';
import { timestampEnd } from './timestamps.ts';

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
    innermost: undefined,
    source: '',
    timed: false,
    numbered: false,
    leveled: false,
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
  takeLevel(reading, special.level, '');
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
  takeLevel(reading, severity, '');
  reading.timed = true;
  commit(reading, end + 1);
  const head = syslog5424Head(text, end + 1);
  if (head === undefined) return;
  reading.source ||= head.source;
  commit(reading, head.start);
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

/** What may follow an item: space, `|`, `:`, `,`, `]`, the end (0). */
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

function readBracket(reading: Reading, close: number): boolean {
  const { text, at } = reading;
  const inHead = reading.timed || reading.level !== undefined;
  const parts = bracketParts(text, at, close, { inHead, isBehindLevel: reading.leveled && reading.timed });
  if (parts === undefined) return false;
  if (parts.timed) reading.timed = true;
  takeLevel(reading, parts.level, parts.word);
  if (parts.source !== '' && parts.sure) reading.source ||= parts.source;
  if (parts.sure) commit(reading, parts.end);
  else reading.at = parts.end;
  reading.leveled = parts.level !== undefined && parts.source === '' && !parts.timed;
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

/** End of up to three marks and the spaces behind them; `at` where they lean on a word (`-x`, `:8080`). */
function marksEnd(text: string, at: number): number {
  let end = at;
  while (end - at < 3 && isMark(codeAt(text, end))) end++;
  const leans = !isSpace(codeAt(text, end)) && codeAt(text, end - 1) !== PIPE;
  return end === at || leans ? at : skipSpaces(text, end);
}

function isMark(code: number): boolean {
  return code === DASH || code === COLON || code === PIPE || code === 44;
}
