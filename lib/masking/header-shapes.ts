import type { Severity } from '../domain/severity.ts';
import { codeAt, digitsEnd, isAlnum, isAsciiLetter, isDigit, isSpace } from './char-class.ts';
import { LETTER_LEVELS } from './levels.ts';
import { timestampEnd } from './timestamps.ts';

export interface HeadShape {
  readonly start: number;
  readonly level: Severity | undefined;
  readonly source: string;
}

const GLOG = /^([IWEF])\d{4} \d{2}:\d{2}:\d{2}(?:\.\d{1,9})? {1,8}\d{1,9} ([\w./-]{1,80}):\d{1,6}\] ?/;
const LOGCAT = /^([VDIWEFA])\/([\w.$-]{1,64}) ?\( *\d{1,9}\): /;

/** glog and klog: `I0102 03:04:05.000000    1 file.go:12] message`. */
export function glogHeader(text: string, at: number): HeadShape | undefined {
  if (!isDigit(codeAt(text, at + 1)) || !isAsciiLetter(codeAt(text, at))) return undefined;
  return letterShape(GLOG.exec(text.slice(at, at + 160)), at);
}

/** Android: `D/Tag( 123): message`. */
export function logcatHeader(text: string, at: number): HeadShape | undefined {
  if (codeAt(text, at + 1) !== 47) return undefined;
  return letterShape(LOGCAT.exec(text.slice(at, at + 120)), at);
}

function letterShape(match: RegExpExecArray | null, at: number): HeadShape | undefined {
  if (match === null) return undefined;
  const [whole, letter = '', source = ''] = match;
  return { start: at + whole.length, level: LETTER_LEVELS.get(letter), source };
}

/** Ruby's `I, [time #1]  INFO -- prog: message`: end of the letter and comma, 0 for none. */
export function rubyLetterEnd(text: string, at: number): number {
  return codeAt(text, at + 1) === 44 && text.startsWith(' [', at + 2) && LETTER_LEVELS.has(text.charAt(at))
    ? at + 3
    : 0;
}

const COMPACT = /^\d{6} \d{6} \d{1,7} (?=[A-Z]{4,8} )/;
const LAMBDA = /^\d{4}-\d{2}-\d{2}T[\d:.]{8,15}Z\t[\da-f-]{36}\t/;

/** Hadoop's `081109 203615 148 INFO …` and Lambda's `time TAB request id TAB`: end of what is before the level, 0 for none. */
export function compactHeaderEnd(text: string, at: number): number {
  if (!isDigit(codeAt(text, at)) || !isDigit(codeAt(text, at + 3))) return 0;
  const code = codeAt(text, at + 6);
  const shape = code === 32 ? COMPACT : code > 47 && code < 58 && codeAt(text, at + 24) === 9 ? LAMBDA : undefined;
  const match = shape?.exec(text.slice(at, at + 80));
  return match == null ? 0 : at + match[0].length;
}

/** RFC 5424 behind the priority: `1 TIME HOST APP PROCID MSGID SD `. */
export function syslog5424Head(text: string, from: number): HeadShape | undefined {
  if (!isDigit(codeAt(text, from)) || codeAt(text, from + 1) !== 32) return undefined;
  let at = from + 2;
  const time = codeAt(text, at) === 45 ? at + 1 : timestampEnd(text, at);
  if (time === 0 || codeAt(text, time) !== 32) return undefined;
  const fields: string[] = [];
  at = time + 1;
  for (let field = 0; field < 4; field++) {
    const space = spaceAfter(text, at);
    if (space === 0) return undefined;
    fields.push(text.slice(at, space));
    at = space + 1;
  }
  return { start: structuredDataEnd(text, at), level: undefined, source: fields[1] === '-' ? '' : (fields[1] ?? '') };
}

function spaceAfter(text: string, at: number): number {
  let end = at;
  while (end - at < 256 && end < text.length && !isSpace(codeAt(text, end))) end++;
  return end > at && codeAt(text, end) === 32 ? end : 0;
}

function structuredDataEnd(text: string, from: number): number {
  let at = from;
  if (codeAt(text, at) === 45) return at + 1;
  while (codeAt(text, at) === 91) {
    let quoted = false;
    let end = at + 1;
    for (; end < text.length; end++) {
      const code = codeAt(text, end);
      if (code === 92) end++;
      else if (code === 34) quoted = !quoted;
      else if (code === 93 && !quoted) break;
    }
    if (end >= text.length) return at;
    at = end + 1;
  }
  return at;
}

/**
 * `host program[123]: ` or `program[123]: ` behind a timestamp. Without a process id only where the timestamp is syslog's own
 * (`named`): after others, two words and a colon may be the message.
 */
export function syslogProgram(text: string, from: number, named: boolean): HeadShape | undefined {
  if (codeAt(text, from) !== 32) return undefined;
  let at = from + 1;
  let end = programEnd(text, at);
  let close = bracketEnd(text, end);
  if (end > at && codeAt(text, end) === 32 && close === end) {
    at = end + 1;
    end = programEnd(text, at);
    close = bracketEnd(text, end);
  } else if (close === end) return undefined;
  if (end === at || codeAt(text, close) !== 58 || (close === end && !named)) return undefined;
  if (!isSpace(codeAt(text, close + 1)) && close + 1 < text.length) return undefined;
  return { start: close + 1, level: undefined, source: text.slice(at, end) };
}

function programEnd(text: string, at: number): number {
  let end = at;
  while (end - at < 64 && isProgramPart(codeAt(text, end))) end++;
  return end;
}

/** Letters, digits and `. _ - / ( ) @ $`. */
function isProgramPart(code: number): boolean {
  if (isAlnum(code)) return code < 128;
  return (code >= 45 && code <= 47) || code === 95 || code === 40 || code === 41 || code === 64 || code === 36;
}

/** End of `[123]` at `at`, `at` where there is none. */
function bracketEnd(text: string, at: number): number {
  if (codeAt(text, at) !== 91) return at;
  const end = digitsEnd(text, at + 1);
  return end > at + 1 && codeAt(text, end) === 93 ? end + 1 : at;
}
