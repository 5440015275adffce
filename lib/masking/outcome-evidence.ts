import { alnumEnd } from './char-class.ts';
import { EXIT_NONZERO, exitBits, httpBits } from './evidence.ts';

/** Words whose number tells an outcome by what stands before them: "exit status 1", "responded with 503", `rc=1`, "killed by signal 9". */
export type OutcomeWord = 'status' | 'code' | 'with' | 'rc' | 'signal';

/** "exited with a non-zero", "exit", systemd's `code=killed`; the last name of a path (`/api/exit status=200`) is no exit. */
const EXITED = String.raw`(?:(?<!\w|\/[\w.-]{0,32})exit(?:ed|s|ing)?(?:[ ,:(_-]{1,2}(?:with|an?|non[ -]?zero|error|return|result|exit|status|normally|abnormal(?:ly)?|unexpectedly)){0,5}|\bcode=(?:exited|killed|dumped))`;
const MARKS = `[ :="'([|-]`;
/** What stands right before the number, in lower case, where it tells how a process ended. */
const ENDED: Readonly<Record<OutcomeWord, RegExp>> = {
  status: new RegExp(`${EXITED}[ ,:(_-]{1,2}status(?:[ _-]?code)?${MARKS}{1,6}$`),
  /** Other pairs may stand between: `exited name=migrate code=137`. */
  code: new RegExp(String.raw`${EXITED}(?: \w{1,16}=\S{1,24}){0,2}[ ,:(_-]{1,2}code${MARKS}{1,6}$`),
  with: /\bexit(?:ed|s|ing)? with[ :]{0,2}$/,
  /** Behind a version it is a release candidate: `2.0.0-rc-1`, "version 2.0 rc (1)". */
  rc: new RegExp(String.raw`(?<!\d[.~-]?|(?:\bv|version |release )[\d.]{1,12} )rc ?[=:(]${MARKS}{0,4}$`),
  /** Modems, trains and traffic lights have signals too. */
  signal: new RegExp(
    String.raw`\b(?:(?:killed|killing|terminated|crashed|died|aborted|exited)\b[^.;]{0,32}|(?:received|caught|got|sending|fatal|unhandled|unexpected|exit|by|with|on|due to|par|durch|mit)[ :,(]{1,2}(?:(?:a|the|le|fatal) )?)\bsignal${MARKS}{1,6}$`,
  ),
};
const RETURN_CODE = new RegExp(String.raw`\breturn(?:ed|s)?[ _-]code${MARKS}{1,6}$`);
const HTTP_CODE = new RegExp(String.raw`\b(?:status|http|response|reply|result)[ _-]code${MARKS}{1,6}$`);
const RESPONDED = /\brespon(?:ded|ds|se) with[ :]{0,2}$/;
/** As long as "exited unexpectedly with a non-zero exit status code: " and a path's name before it. */
const CHARS_BEFORE = 64;
/** POSIX has no greater exit status, so that three digits beyond are HTTP's. */
const LARGEST_STATUS = 255;
/** From here upwards a "return code" is HTTP's or the program's own. */
const RETURN_CODES = 100;

/** Linux's names and numbers of signals that end a process in no good order. */
const FATAL_SIGNALS: ReadonlyMap<string, number> = new Map([
  ['ABRT', 6],
  ['BUS', 7],
  ['KILL', 9],
  ['SEGV', 11],
]);
const FATAL_NUMBERS = new Set(FATAL_SIGNALS.values());

/** What the number of `length` digits at `at` says behind `word`: an exit's where the words before it say so, else HTTP's where it may be one. */
export function outcomeBits(text: string, at: number, value: number, length: number, word: OutcomeWord): number {
  const http = length === 3 ? httpBits(value) : 0;
  if (word === 'status' && http !== 0 && value > LARGEST_STATUS) return http;
  const before = text.slice(Math.max(0, at - CHARS_BEFORE), at).toLowerCase();
  if (ENDED[word].test(before)) return word !== 'signal' || FATAL_NUMBERS.has(value) ? exitBits(value) : 0;
  if (word === 'status') return http;
  if (word === 'with') return RESPONDED.test(before) ? http : 0;
  if (word !== 'code') return 0;
  if (RETURN_CODE.test(before)) return value < RETURN_CODES ? exitBits(value) : http;
  return HTTP_CODE.test(before) ? http : 0;
}

/** What the word `text[start, end)` says: `SIGKILL`, or `signal` with `=KILL` behind it. */
export function signalBits(text: string, start: number, end: number): number {
  const named = text.startsWith('SIG', start);
  if (!named && !text.startsWith('signal=', start)) return 0;
  const name = named ? text.slice(start + 3, end) : text.slice(end + 1, alnumEnd(text, end + 1));
  return FATAL_SIGNALS.has(name) ? EXIT_NONZERO : 0;
}
