import { alnumEnd, codeAt, isAsciiLetter, isSpace } from './char-class.ts';
import type { Reading } from './header-reading.ts';
import { commit, isCapitals, nameEnd, skipSpaces, takeLevel } from './header-reading.ts';
import { LETTER_LEVELS, levelWord } from './levels.ts';

const SPACE = 32;
const DASH = 45;
const COLON = 58;
const PIPE = 124;
const OPEN = 91;
/** "Error: 0, warnings: 2", "Error: none": the word may say what is counted. */
const COUNT = /^: ?(?:\d{1,9}|none|no|n\/a|null|nil|false)(?: ?[,;|)\]]|$)/i;

export function readLevel(reading: Reading): boolean {
  const { text, at } = reading;
  let end = at;
  while (end - at < 14 && isAsciiLetter(codeAt(text, end))) end++;
  if (reading.level !== undefined && !(reading.start === at || reading.timed)) return false;
  if (end === at + 1) return readLetterLevel(reading, end);
  const word = text.slice(at, end);
  const level = levelWord(word, reading.timed);
  if (level === undefined || !isLevelHere(reading, end)) return false;
  const again = reading.level !== undefined;
  if (COUNT.test(text.slice(end, end + 14))) reading.level ??= level;
  else takeLevel(reading, level, word);
  commit(reading, codeAt(text, end) === COLON ? end + 1 : end);
  if (!again && codeAt(text, end) === COLON && isAsciiLetter(codeAt(text, end + 1))) readPythonName(reading);
  return true;
}

/** logcat: `03-17 16:13:38.811  1702  2395 D WindowManager: …`. */
function readLetterLevel(reading: Reading, end: number): boolean {
  if (!reading.numbered || reading.level !== undefined || codeAt(reading.text, end) !== SPACE) return false;
  const level = LETTER_LEVELS.get(reading.text.charAt(reading.at));
  if (level === undefined) return false;
  takeLevel(reading, level, '');
  commit(reading, end);
  return true;
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

/** Python's plain form: `WARNING:root:message`. */
function readPythonName(reading: Reading): void {
  const { text, at } = reading;
  const end = nameEnd(text, at);
  if (end === at || codeAt(text, end) !== COLON || isSpace(codeAt(text, end + 1))) return;
  reading.source ||= text.slice(at, end);
  commit(reading, end + 1);
}
