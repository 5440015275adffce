import { codeAt, isAsciiLetter, isDigit, isSpace } from './char-class.ts';
import { exitBits, httpBits } from './evidence.ts';
import { severityOf } from './levels.ts';
import { type LineParts, withError } from './line-parts.ts';

const MAX_PAIRS = 64;
const MESSAGE_KEYS = new Set(['msg', 'message']);
const LEVEL_KEYS = new Set(['level', 'lvl', 'severity', 'loglevel', 'log_level']);
const TIME_KEYS = new Set(['ts', 'time', 'timestamp', 't', 'date', 'datetime', 'caller', 'at']);
const SOURCE_KEYS = new Set(['logger', 'component', 'service', 'app', 'source', 'module']);
const ERROR_KEYS = new Set(['err', 'error', 'exception', 'reason']);
const STATUS_KEYS = new Set(['status', 'status_code', 'statuscode', 'http_status', 'code']);
const EXIT_KEYS = new Set(['exit_code', 'exitcode', 'exit_status', 'rc', 'return_code', 'errno']);

interface Pair {
  readonly key: string;
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The parts of a line of `key=value` pairs that says its level or message by name; undefined for any other text. With a message,
 * the other pairs are left behind (the error's text is kept); without one, all but level and time stay.
 */
export function readLogfmtLine(text: string): LineParts | undefined {
  const first = pairAt(text, 0);
  if (first === undefined) return undefined;
  const pairs = [first];
  while (pairs.length < MAX_PAIRS) {
    const next = pairAt(text, skipSpaces(text, pairs.at(-1)?.end ?? text.length));
    if (next === undefined) break;
    pairs.push(next);
  }
  const last = pairs.at(-1)?.end ?? 0;
  return partsOf(text, pairs, last);
}

function partsOf(text: string, pairs: readonly Pair[], last: number): LineParts | undefined {
  const message = pairValue(pairs, MESSAGE_KEYS);
  const levelText = pairValue(pairs, LEVEL_KEYS);
  const level = severityOf(levelText);
  if (message === undefined && level === undefined) return undefined;
  const source = pairValue(pairs, SOURCE_KEYS) ?? '';
  const bits = httpBits(numberOf(pairs, STATUS_KEYS) ?? 0) | exitPairBits(pairs);
  if (message === undefined) return { message: withoutHead(text, pairs, last), level, innermost: level, source, bits };
  const whole = withError(message, pairValue(pairs, ERROR_KEYS));
  return { message: whole, level, innermost: level, source, bits };
}

/** The text without its level, time and source pairs. */
function withoutHead(text: string, pairs: readonly Pair[], last: number): string {
  const kept = pairs.filter(({ key }) => !LEVEL_KEYS.has(key) && !TIME_KEYS.has(key) && !SOURCE_KEYS.has(key));
  const rest = text.slice(last).trim();
  return [...kept.map(({ start, end }) => text.slice(start, end)), ...(rest === '' ? [] : [rest])].join(' ') || text;
}

function exitPairBits(pairs: readonly Pair[]): number {
  const code = numberOf(pairs, EXIT_KEYS);
  return code === undefined ? 0 : exitBits(code);
}

function pairValue(pairs: readonly Pair[], keys: ReadonlySet<string>): string | undefined {
  return pairs.find(({ key, value }) => value !== '' && keys.has(key))?.value;
}

function numberOf(pairs: readonly Pair[], keys: ReadonlySet<string>): number | undefined {
  const value = pairValue(pairs, keys);
  const number = value === undefined || value.length > 11 || value.trim() === '' ? Number.NaN : Number(value);
  return Number.isInteger(number) ? number : undefined;
}

function skipSpaces(text: string, at: number): number {
  let end = at;
  while (isSpace(codeAt(text, end))) end++;
  return end;
}

/** The pair that begins at `start`. */
function pairAt(text: string, start: number): Pair | undefined {
  let at = start;
  while (at - start < 64 && isKeyPart(codeAt(text, at))) at++;
  if (at === start || codeAt(text, at) !== 61 || !isAsciiLetter(codeAt(text, start))) return undefined;
  const key = text.slice(start, at).toLowerCase();
  return codeAt(text, at + 1) === 34 ? quotedPair(text, key, start, at + 2) : barePair(text, key, start, at + 1);
}

function isKeyPart(code: number): boolean {
  return isAsciiLetter(code) || isDigit(code) || code === 95 || code === 46 || code === 45;
}

function barePair(text: string, key: string, start: number, from: number): Pair | undefined {
  let end = from;
  while (end < text.length && !isSpace(codeAt(text, end))) end++;
  return { key, value: text.slice(from, end), start, end };
}

/** A value in double quotes with backslash escapes; unclosed, it is no pair. */
function quotedPair(text: string, key: string, start: number, from: number): Pair | undefined {
  let end = from;
  let escaped = false;
  while (end < text.length && codeAt(text, end) !== 34) {
    if (codeAt(text, end) === 92) {
      escaped = true;
      end++;
    }
    end++;
  }
  if (end >= text.length) return undefined;
  const raw = text.slice(from, end);
  return { key, value: escaped ? withoutEscapes(raw) : raw, start, end: end + 1 };
}

function withoutEscapes(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) =>
    character === 'n' ? '\n' : character === 't' ? '\t' : character,
  );
}
