import { codeAt, digitsEnd, isAlnum, isAsciiLetter, isDigit } from './char-class.ts';
import { exitBits, httpBits, PERCENT_FULL, PERCENT_HIGH, PERCENT_LOW, SOME_ERRORS, ZERO_ERRORS } from './evidence.ts';
import { type OutcomeWord, outcomeBits } from './outcome-evidence.ts';
import { ratioBits } from './ratio-evidence.ts';

type Context = OutcomeWord | 'exit' | 'errors';
const CONTEXTS: ReadonlyMap<string, Context> = new Map([
  ...contextWords(
    'status',
    'status statuscode status_code http_status httpstatus response_status response_code responsecode http_code httpcode rcode http sc response responded',
  ),
  ...contextWords(
    'exit',
    'exit exited exitcode exit_code exitstatus exit_status wexitstatus errno retcode returncode return_code retval',
  ),
  ...contextWords(
    'errors',
    'errors error_count errorcount failures failed failure_count num_errors total_errors exceptions dropped lost timeouts',
  ),
  ...contextWords('code', 'code'),
  ...contextWords('with', 'with'),
  ...contextWords('rc', 'rc'),
  ...contextWords('signal', 'signal'),
]);
const LONGEST_CONTEXT = 16;

/** First and last letters of those words, either case: most words are none of them, and this says so without a copy. */
const INITIALS = new Uint8Array(0x10000);
const FINALS = new Uint8Array(0x10000);
for (const word of CONTEXTS.keys()) {
  for (const form of [word, word.toUpperCase()]) {
    INITIALS[form.charCodeAt(0)] = 1;
    FINALS[form.charCodeAt(form.length - 1)] = 1;
  }
}

function contextWords(context: Context, words: string): [string, Context][] {
  return words.split(' ').map((word) => [word, context]);
}

const REASON_PHRASES = new Map<number, string>([
  [200, 'ok'],
  [201, 'created'],
  [202, 'accepted'],
  [204, 'no content'],
  [301, 'moved'],
  [302, 'found'],
  [304, 'not modified'],
  [400, 'bad request'],
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not found'],
  [405, 'method not'],
  [408, 'request timeout'],
  [409, 'conflict'],
  [410, 'gone'],
  [413, 'payload'],
  [422, 'unprocessable'],
  [429, 'too many'],
  [500, 'internal server'],
  [501, 'not implemented'],
  [502, 'bad gateway'],
  [503, 'service unavailable'],
  [504, 'gateway time'],
]);
const COUNTED_NEXT =
  /^ (?:(?:fatal|hard|critical|unrecovered|uncorrectable|test|new|checksum|read|write) )?(?:errors?|failures?|failed|exceptions?|faults?|crashes|timeouts|dropped|lost|corrupt(?:ed)?|violations?)\b(?!=|:? {0,2}\d)/i;
/** Also said of what is no failure, so that only none of them says something. */
const NONE_NEXT =
  /^ (?:(?:packets?|messages?|records?|rows?|bytes|requests?|events|known|open|data) )?(?:issues?|problems?|warnings?|conflicts?|dropped|lost|rejected|failed|retries|mismatch(?:es)?|discrepanc(?:y|ies)|alarms?|alerts?|vulnerabilit(?:y|ies)|restarts|evictions|deadlocks|duplicates)\b(?!=|:? {0,2}\d)/i;
/** "quorum lost: 0 of 5": what is counted is not what was lost. */
const OF_NEXT = /^(?:\/| of | out of )\d/;
const NONE_OF = /(?<![\w.,/-])(?<!\b(?:attempt|retry|try) )0(?:\/| of | out of )$/i;
const METHOD_BEFORE = /(?:^|[^A-Za-z])(?:GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS) {0,4}$/;
const PROTOCOL_BEFORE = /HTTP\/[\d.]{1,3}["']?[ |,-]{1,4}$/i;
const RESOURCE_WORDS =
  /(?<![a-z])(?:disks?|cpu|memory|mem|heap|swap|usage|used|utili[sz]ation|full|load|capacity|storage|space|inodes?|quota|volume|partition|filesystem)(?![a-z])/;
const FREE_AFTER =
  /^ {0,2}(?:(?:of|the|its|is|are|still|disk|space|memory|mem|heap|swap|cpu|storage|capacity|inodes?|quota|volume) ){0,5}(?:free|available|remaining|left|idle|unused)\b/;
const FREE_BEFORE =
  /\b(?:free|available|remaining|left|idle|unused)(?:[ _][a-z]{1,8})?(?: on [\w/.-]{1,20})?[ :=(]{0,3}(?:(?:is |at |of ){1,2})?$/;
/** A rate of failures from which some are no longer usual. */
const FAILING_PERCENT = 5;
/** What is best at nought per cent. */
const FAILURE_RATE = /\b(?:(?:errors?|failures?|timeouts?|drops?|loss)[ _](?:rate|ratio)|packet[ _]loss)\b/;

/** By first two letters, either case: the words that those expressions begin with. */
const COUNTED_BEGINNINGS = new Uint8Array(1024);
for (const word of wordsOf(COUNTED_NEXT, NONE_NEXT)) COUNTED_BEGINNINGS[twoLetters(word, 0)] = 1;

function wordsOf(...expressions: readonly RegExp[]): readonly string[] {
  return expressions.flatMap(({ source }) => source.match(/(?<![a-z\\])[a-z]{2,}/g) ?? []);
}

/** The lower five bits of two letters, as an index. */
function twoLetters(text: string, at: number): number {
  return ((codeAt(text, at) & 31) << 5) | (codeAt(text, at + 1) & 31);
}

/** What a plain integer `text[start, end)` says, from the words around it; those before `masked` went into masks. */
export function integerBits(text: string, start: number, end: number, masked: number): number {
  const length = end - start;
  if (length > 10) return 0;
  const value = parseDigits(text, start, end);
  const word = contextBefore(text, start, masked);
  let bits = ratioBits(text, start, end, value) | countedErrorBits(text, start, end, value, word);
  if (word === 'exit') bits |= exitBits(value);
  else if (word !== undefined && word !== 'errors') bits |= outcomeBits(text, start, value, length, word);
  if (length !== 3 || word !== undefined) return bits;
  return bits | reasonPhraseBits(text, end, value) | protocolBits(text, start, value);
}

function parseDigits(text: string, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) value = value * 10 + text.charCodeAt(at) - 48;
  return value;
}

/** `HTTP/1.1" 503`. */
function protocolBits(text: string, start: number, value: number): number {
  return codeAt(text, start - 1) === 32 && PROTOCOL_BEFORE.test(text.slice(Math.max(0, start - 14), start))
    ? httpBits(value)
    : 0;
}

/** What the word (letters and `_`) that ends right before `at` says of a number, separators between them. Behind a path that ends in `/status` there may be one; another word that a mask took says nothing. */
function contextBefore(text: string, at: number, masked: number): Context | undefined {
  let end = at;
  while (at - end < 6 && isSeparator(codeAt(text, end - 1))) end--;
  if (end === at) return undefined;
  let start = end;
  while (end - start <= LONGEST_CONTEXT && isWordPart(codeAt(text, start - 1))) start--;
  const length = end - start;
  if (length < 2 || length > LONGEST_CONTEXT || INITIALS[codeAt(text, start)] !== 1) return undefined;
  if (FINALS[codeAt(text, end - 1)] !== 1) return undefined;
  const context = CONTEXTS.get(text.slice(start, end).toLowerCase());
  return start >= masked || context === 'status' ? context : undefined;
}

/** Space `"` `'` `(` `-` `:` `=` `[` `|`. */
function isSeparator(code: number): boolean {
  return (
    code === 32 ||
    code === 34 ||
    code === 39 ||
    code === 40 ||
    code === 45 ||
    code === 58 ||
    code === 61 ||
    code === 91 ||
    code === 124
  );
}

function isWordPart(code: number): boolean {
  return isAsciiLetter(code) || code === 95;
}

function before(text: string, at: number, characters: number): string {
  return text.slice(Math.max(0, at - characters), at).toLowerCase();
}

function reasonPhraseBits(text: string, end: number, value: number): number {
  if (codeAt(text, end) !== 32) return 0;
  const phrase = REASON_PHRASES.get(value);
  if (phrase === undefined) return 0;
  const stop = end + 1 + phrase.length;
  return text.slice(end + 1, stop).toLowerCase() === phrase && (phrase.length > 5 || !isAlnum(codeAt(text, stop)))
    ? httpBits(value)
    : 0;
}

/** `errors=0`, `0 errors`, `failed: 3`, `3 failures`, `0 of 3 failed`. */
function countedErrorBits(text: string, start: number, end: number, value: number, word: Context | undefined): number {
  if (word === 'errors' && value > 0) return SOME_ERRORS;
  if (word === 'errors') return OF_NEXT.test(text.slice(end, end + 9)) ? 0 : ZERO_ERRORS;
  if (codeAt(text, end) !== 32 || COUNTED_BEGINNINGS[twoLetters(text, end + 1)] !== 1) return 0;
  const later = text.slice(end, end + 32);
  if (COUNTED_NEXT.test(later)) return value === 0 || isWholeOfNone(text, start) ? ZERO_ERRORS : SOME_ERRORS;
  return value === 0 && NONE_NEXT.test(later) ? ZERO_ERRORS : 0;
}

/** The 3 of "0 of 3 failed". */
function isWholeOfNone(text: string, start: number): boolean {
  return NONE_OF.test(text.slice(Math.max(0, start - 24), start));
}

/** The band of a percentage `text[start, end)` (the sign not included) where a resource is spoken of near it. */
export function percentBits(text: string, start: number, end: number): number {
  const earlier = before(text, start, 40);
  const later = text.slice(end, end + 56).toLowerCase();
  const value = Number(text.slice(start, end));
  if (!(value >= 0 && value <= 1000)) return 0;
  if (FAILURE_RATE.test(earlier) || FAILURE_RATE.test(later.slice(0, 24)))
    return value === 0 ? ZERO_ERRORS : value >= FAILING_PERCENT ? SOME_ERRORS : 0;
  if (!RESOURCE_WORDS.test(earlier) && !RESOURCE_WORDS.test(later)) return 0;
  const after = later.replace(/^(?:%| ?per ?cent)/, '');
  const used = FREE_AFTER.test(after) || FREE_BEFORE.test(earlier) ? 100 - value : value;
  return used >= 95 ? PERCENT_FULL : used >= 80 ? PERCENT_HIGH : PERCENT_LOW;
}

/** Whether the path or address at `start` is a request's target: `"GET /x` before it. */
export function isRequestTarget(text: string, start: number): boolean {
  const code = codeAt(text, start - 1);
  if (code !== 32 && code !== 34) return false;
  return METHOD_BEFORE.test(text.slice(Math.max(0, start - 14), code === 34 ? start - 1 : start));
}

/** A status right behind a request's target: `GET /x 200`, `"GET /x" 503`. */
export function statusAfterTargetBits(text: string, end: number): number {
  let at = end;
  while (at - end < 4 && isSeparator(codeAt(text, at))) at++;
  const stop = digitsEnd(text, at);
  if (at === end || stop - at !== 3 || isAlnum(codeAt(text, stop)) || !isDigit(codeAt(text, at))) return 0;
  return codeAt(text, stop) === 46 ? 0 : httpBits(Number(text.slice(at, stop)));
}
