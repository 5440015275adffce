import { codeAt, digitsEnd, isAlnum, isAsciiLetter, isDigit } from './char-class.ts';

const MONTHS = new Set(['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']);
const DAYS = new Set(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']);
const ZONES = new Set([
  'utc',
  'gmt',
  'am',
  'pm',
  'cet',
  'cest',
  'est',
  'edt',
  'cst',
  'cdt',
  'pst',
  'pdt',
  'ist',
  'jst',
]);

const SPACE = 32;
const COMMA = 44;
const DASH = 45;
const FULL_STOP = 46;
const STROKE = 47;
const COLON = 58;
const LETTER_T = 84;

/**
 * End of the date, time or both that begins at `at`, 0 where there is none. Knows ISO 8601, syslog, ctime, RFC 1123, CLF,
 * slashed, dotted and compact dates, fractions after `.` `,` or `:`, zones and AM/PM. Looks at most some 50 characters ahead.
 */
export function timestampEnd(text: string, at: number): number {
  const code = codeAt(text, at);
  if (isDigit(code)) return numericTimestampEnd(text, at);
  return isAsciiLetter(code) ? namedTimestampEnd(text, at) : 0;
}

function numericTimestampEnd(text: string, at: number): number {
  const end = digitsEnd(text, at);
  const length = end - at;
  const next = codeAt(text, end);
  if (length <= 2 && next === COLON) return clockEnd(text, at, false);
  if (length === 4 && isDateSeparator(next)) return yearFirstEnd(text, end, next);
  if (length <= 2 && (isDateSeparator(next) || next === SPACE)) return dayFirstEnd(text, at, end, next);
  if (length === 8 && (next === DASH || next === LETTER_T)) return compactEnd(text, at, end);
  return 0;
}

function isDateSeparator(code: number): boolean {
  return code === DASH || code === STROKE || code === FULL_STOP;
}

/** Of `2024-01-02`: `at` is behind the year. */
function yearFirstEnd(text: string, at: number, separator: number): number {
  const month = shortDigitsEnd(text, at + 1);
  if (month === 0 || codeAt(text, month) !== separator) return 0;
  const day = shortDigitsEnd(text, month + 1);
  if (day === 0 || isDigit(codeAt(text, day))) return 0;
  return withClock(text, day, true);
}

/** `10/Oct/2000`, `31.12.2024`, `5/11/2025`, `17/06/09 20:10:40`, `03-17 16:13:38`, `04 Dec 2005`. */
function dayFirstEnd(text: string, at: number, dayEnd: number, separator: number): number {
  if (isAsciiLetter(codeAt(text, dayEnd + 1))) return dayMonthNameEnd(text, dayEnd, separator);
  if (separator === SPACE) return 0;
  const second = shortDigitsEnd(text, dayEnd + 1);
  if (second === 0) return 0;
  if (codeAt(text, second) !== separator) return dayEnd - at === 2 ? withClock(text, second, false) : 0;
  const year = digitsEnd(text, second + 1);
  if (year - second === 5) return isAlnum(codeAt(text, year)) ? 0 : withClock(text, year, true);
  return year - second === 3 ? withClock(text, year, false) : 0;
}

function dayMonthNameEnd(text: string, dayEnd: number, separator: number): number {
  if (!isNamed(text, dayEnd + 1, MONTHS)) return 0;
  const afterMonth = dayEnd + 4;
  if (codeAt(text, afterMonth) !== separator) return 0;
  const year = digitsEnd(text, afterMonth + 1);
  return year - afterMonth === 5 ? withClock(text, year, true) : 0;
}

/** `20171223-22:15:29:606`, `20240102T030405Z`. */
function compactEnd(text: string, at: number, end: number): number {
  const century = codeAt(text, at) === 49 ? codeAt(text, at + 1) === 57 : text.startsWith('20', at);
  if (!century) return 0;
  const clock = clockEnd(text, end + 1, true);
  if (clock !== 0) return zoneEnd(text, clock);
  const six = digitsEnd(text, end + 1);
  if (six - end !== 7) return 0;
  const fraction = codeAt(text, six) === FULL_STOP ? digitsEnd(text, six + 1) : six;
  return zoneEnd(text, fraction);
}

/** `Jun 14 15:16:01`, `Sun Dec 04 04:47:44 2005`, `Fri, 15 Mar 2024 10:00:00 GMT`, `Mar 5 2024 10:00:00`. */
function namedTimestampEnd(text: string, at: number): number {
  let i = at;
  if (isNamed(text, i, DAYS)) {
    i += codeAt(text, i + 3) === COMMA ? 4 : 3;
    if (codeAt(text, i++) !== SPACE) return 0;
    if (isDigit(codeAt(text, i))) return numericTimestampEnd(text, i);
  }
  if (!isNamed(text, i, MONTHS)) return 0;
  i += 3;
  if (codeAt(text, i++) !== SPACE) return 0;
  if (codeAt(text, i) === SPACE) i++;
  const day = shortDigitsEnd(text, i);
  if (day === 0) return 0;
  if (codeAt(text, day) !== SPACE && codeAt(text, day) !== COMMA) return 0;
  const year = yearAfter(text, day);
  if (year !== 0) return withClock(text, year, true);
  const clock = withClock(text, day, false);
  return clock === 0 ? 0 : yearAfter(text, clock) || clock;
}

/** End of ` 2005` or `, 2005` at `at`, 0 where there is none. */
function yearAfter(text: string, at: number): number {
  const start = codeAt(text, at) === COMMA ? at + 1 : at;
  if (codeAt(text, start) !== SPACE) return 0;
  const end = digitsEnd(text, start + 1);
  return end - start === 5 && codeAt(text, end) !== COLON ? end : 0;
}

function isNamed(text: string, at: number, names: ReadonlySet<string>): boolean {
  if (isAlnum(codeAt(text, at + 3)) || !isAsciiLetter(codeAt(text, at + 2))) return false;
  return names.has(text.slice(at, at + 3).toLowerCase());
}

/** End of the clock that follows a date's end, the date's own end where a date may stand alone, else 0. */
function withClock(text: string, dateEnd: number, alone: boolean): number {
  const code = codeAt(text, dateEnd);
  let i = dateEnd;
  if (code === COMMA && codeAt(text, i + 1) === SPACE) i += 2;
  else if (code === SPACE || code === LETTER_T || code === COLON || code === DASH || code === 95) i++;
  if (i > dateEnd) {
    const clock = clockEnd(text, i, true);
    if (clock !== 0) return zoneEnd(text, clock);
  }
  const goesOn = isAlnum(code) || (code === FULL_STOP && isDigit(codeAt(text, dateEnd + 1)));
  return alone && !goesOn ? dateEnd : 0;
}

/** `hh:mm`, `hh:mm:ss` and a fraction. Alone, without seconds, both parts must have two digits. */
function clockEnd(text: string, at: number, afterDate: boolean): number {
  const hour = shortDigitsEnd(text, at);
  if (hour === 0 || codeAt(text, hour) !== COLON) return 0;
  const minute = sixtyEnd(text, hour + 1);
  if (minute === 0) return 0;
  const second = codeAt(text, minute) === COLON ? sixtyEnd(text, minute + 1) : 0;
  if (second === 0) {
    const bare = codeAt(text, minute) === COLON || isAlnum(codeAt(text, minute));
    return bare || (!afterDate && (hour - at !== 2 || codeAt(text, at) > 50)) ? 0 : minute;
  }
  const mark = codeAt(text, second);
  const fraction = mark === FULL_STOP || mark === COMMA || mark === COLON ? digitsEnd(text, second + 1) : 0;
  const end = fraction > second + 1 ? fraction : second;
  const next = codeAt(text, end);
  if (next === COLON && isDigit(codeAt(text, end + 1))) return 0;
  return afterDate ? end : zoneEnd(text, end);
}

/** Two digits, 00 to 59. */
function sixtyEnd(text: string, at: number): number {
  const tens = codeAt(text, at);
  if (!(tens >= 48 && tens <= 53) || !isDigit(codeAt(text, at + 1)) || isDigit(codeAt(text, at + 2))) return 0;
  return at + 2;
}

/** End of one or two digits, 0 where there are none or more. */
function shortDigitsEnd(text: string, at: number): number {
  const end = digitsEnd(text, at);
  return end > at && end - at <= 2 ? end : 0;
}

/** End of a zone or AM/PM that follows a clock: `Z`, `+0700`, ` -07:00`, ` UTC`. */
function zoneEnd(text: string, at: number): number {
  const code = codeAt(text, at);
  if (code === 90 && !isAlnum(codeAt(text, at + 1))) return at + 1;
  const i = code === SPACE ? at + 1 : at;
  const sign = codeAt(text, i);
  if ((sign === 43 || sign === DASH) && isDigit(codeAt(text, i + 1))) return offsetEnd(text, i + 1) || at;
  if (!isAsciiLetter(sign)) return at;
  let end = i;
  while (end - i < 5 && isAsciiLetter(codeAt(text, end))) end++;
  return !isAlnum(codeAt(text, end)) && ZONES.has(text.slice(i, end).toLowerCase()) ? end : at;
}

function offsetEnd(text: string, at: number): number {
  const end = digitsEnd(text, at);
  if (end - at === 4) return isAlnum(codeAt(text, end)) ? 0 : end;
  if (end - at !== 2) return 0;
  const minutes = codeAt(text, end) === COLON ? sixtyEnd(text, end + 1) : 0;
  return minutes === 0 ? (isAlnum(codeAt(text, end)) ? 0 : end) : minutes;
}
