import type { Severity } from '../domain/severity.ts';

/**
 * What masking hides and a verdict needs, one bit each, in the order in which they are written out (sorted):
 * - `exit:zero`, `exit:nonzero`: an exit code or status, a "return code" below 100, errno, rc, a fatal signal
 * - `http:1xx` .. `http:5xx`: a number that is really an HTTP status
 * - `inline:debug` .. `inline:critical`: the innermost level in the line where the record's is another: the one it was given, else
 *   the outermost layer's (a collector's JSON, a daemon's priority)
 * - `percent:low|high|full`: below 80, from 80, from 95 per cent of a resource used (what is free counts from the other end)
 * - `ratio:none|some|all`: 0/3, 2/3, 3/3 of things that should be ready, or are: of "0 of 3 failed" all, of "3/3 failed" none;
 *   nothing where it cannot be told what is counted
 * - `some-errors`, `zero-errors`: errors are counted, and there are some or none
 * - `stack`: a frame of a stack trace, or a text with one in it
 */
const NAMES = [
  'exit:nonzero',
  'exit:zero',
  'http:1xx',
  'http:2xx',
  'http:3xx',
  'http:4xx',
  'http:5xx',
  'inline:critical',
  'inline:debug',
  'inline:error',
  'inline:info',
  'inline:warn',
  'percent:full',
  'percent:high',
  'percent:low',
  'ratio:all',
  'ratio:none',
  'ratio:some',
  'some-errors',
  'stack',
  'zero-errors',
] as const;
type Evidence = (typeof NAMES)[number];

function bitOf(name: Evidence): number {
  return 1 << NAMES.indexOf(name);
}

export const EXIT_NONZERO = bitOf('exit:nonzero');
const EXIT_ZERO = bitOf('exit:zero');
const HTTP_1XX = bitOf('http:1xx');
export const PERCENT_FULL = bitOf('percent:full');
export const PERCENT_HIGH = bitOf('percent:high');
export const PERCENT_LOW = bitOf('percent:low');
export const RATIO_ALL = bitOf('ratio:all');
export const RATIO_NONE = bitOf('ratio:none');
export const RATIO_SOME = bitOf('ratio:some');
export const SOME_ERRORS = bitOf('some-errors');
export const STACK = bitOf('stack');
export const ZERO_ERRORS = bitOf('zero-errors');

const texts = new Map<number, string>([[0, '']]);

/** The evidence's text: names sorted and comma-joined, '' for none. Where some errors are counted, another count of none is no news. */
export function evidenceText(bits: number): string {
  const settled = (bits & SOME_ERRORS) === 0 ? bits : bits & ~ZERO_ERRORS;
  const known = texts.get(settled);
  if (known !== undefined) return known;
  const text = NAMES.filter((_, index) => (settled & (1 << index)) !== 0).join(',');
  texts.set(settled, text);
  return text;
}

/** Bits of a number that is known to be an HTTP status; none when it cannot be one. */
export function httpBits(status: number): number {
  return status >= 100 && status <= 599 ? HTTP_1XX << (Math.floor(status / 100) - 1) : 0;
}

export function exitBits(code: number): number {
  return code === 0 ? EXIT_ZERO : EXIT_NONZERO;
}

/** The innermost level in a line, where the record's is another: collectors call everything on stderr an error. */
export function inlineLevelBits(level: Severity | undefined, inLine: Severity | undefined): number {
  return level === undefined || inLine === undefined || level === inLine ? 0 : bitOf(`inline:${inLine}`);
}
