import type { Severity } from '../domain/severity.ts';
import { codeAt, isAsciiLetter, isDigit, isSpace } from './char-class.ts';
import { levelWord } from './levels.ts';
import { timestampEnd } from './timestamps.ts';

export interface BracketParts {
  /** Behind the closing bracket. */
  readonly end: number;
  /** Surely part of the head; else only when a sure item follows. */
  readonly sure: boolean;
  readonly timed: boolean;
  readonly level: Severity | undefined;
  /** What the level was read from, as it is written. */
  readonly word: string;
  readonly source: string;
}

const MAX_CONTENT = 160;
const THREAD =
  /^(?:main|(?:pid|tid|client|thread|req)[ -:]|[\w.-]*(?:thread|pool|exec|nio|worker|scheduler|task|timer)[\w.-]*$)/i;
const THREAD_WITH_NUMBER = /^[a-z][\w.:/@#-]*\d[\w.:/@#-]*$/;
const OUTCOME =
  /fail|err|except|time-?out|den(?:y|ied)|unauth|forbid|refus|reject|invalid|illegal|lost|loss|dead|down|abort|cancel|crash|kill|panic|corrupt|missing|retr|recover|success|^ok$|done|alert|attack|breach|suspicious|dry-?run/i;
const UPTIME = /^ {0,8}\d{1,9}\.\d{3,9}$/;

/**
 * Reads `[…]` at `at`: a level, a timestamp (and what follows it), a thread, a process, a logger, or something of the message's.
 * Behind a time and a level in brackets a name is the logger's: Python's `[time] [WARNING] [orders] …`, the JVM's `[time][info][gc] …`.
 */
export function bracketParts(
  text: string,
  at: number,
  close: number,
  { inHead, isBehindLevel }: { inHead: boolean; isBehindLevel: boolean },
): BracketParts | undefined {
  let stop = at + 1;
  while (stop - at <= MAX_CONTENT && stop < text.length && codeAt(text, stop) !== close) stop++;
  if (codeAt(text, stop) !== close || stop === at + 1) return undefined;
  const content = text.slice(at + 1, stop).trim();
  const end = codeAt(text, stop + 1) === 58 ? stop + 2 : stop + 1;
  const none = { end, sure: true, timed: false, level: undefined, word: '', source: '' };
  const level = levelWord(content, true);
  if (level !== undefined) return { ...none, level, word: content };
  const time = timestampEnd(content, 0);
  if (time !== 0) return { ...none, ...afterTimestamp(content, time), timed: true };
  const colon = content.indexOf(':');
  const word = content.slice(colon + 1);
  const moduleLevel = colon > 0 ? levelWord(word, true) : undefined;
  if (moduleLevel !== undefined) return { ...none, level: moduleLevel, word, source: content.slice(0, colon) };
  if (!inHead) return { ...none, sure: false };
  const isThreads = isThread(content);
  const isLoggers = isDotted(content) || (isBehindLevel && !isThreads && isName(content));
  return { ...none, sure: isThreads || isLoggers, source: isLoggers ? content : '' };
}

/** Capitals alone are a word of the message's (`[SECURITY]`), and so is what tells how something went (`[failed]`). */
function isName(content: string): boolean {
  if (!/^[A-Za-z][\w.,-]{1,63}$/.test(content) || content === content.toUpperCase()) return false;
  return !OUTCOME.test(content);
}

/** env_logger `[time INFO module]`, Serilog `[12:00:00 INF]`, Ruby `[time #123]`. */
function afterTimestamp(content: string, time: number): Pick<BracketParts, 'level' | 'word' | 'source'> {
  const [word = '', name = ''] = content
    .slice(time)
    .trim()
    .split(/ {1,8}/, 2);
  const level = levelWord(word, true);
  return { level, word, source: level === undefined ? '' : name };
}

function isThread(content: string): boolean {
  const first = codeAt(content, 0);
  if (isDigit(first)) return isNumber(content) || UPTIME.test(content) || /^[\da-f-]{16,36}$/.test(content);
  if (!isAsciiLetter(first)) return content === '-' || UPTIME.test(content);
  return THREAD.test(content) || THREAD_WITH_NUMBER.test(content);
}

function isNumber(content: string): boolean {
  for (let at = 0; at < content.length; at++)
    if (!isDigit(codeAt(content, at)) && !isSpace(codeAt(content, at))) return false;
  return true;
}

/** `org.example.Class`: a logger's name. */
function isDotted(content: string): boolean {
  return /^[A-Za-z][\w$]*(?:\.[\w$]+){2,12}$/.test(content);
}
