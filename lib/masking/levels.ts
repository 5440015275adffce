import { levelToSeverity, type Severity } from '../domain/severity.ts';

/** pino and bunyan count in tens, syslog from 0 (worst) to 7. */
const PINO: readonly (Severity | undefined)[] = [undefined, 'debug', 'debug', 'info', 'warn', 'error', 'critical'];
const SYSLOG: readonly Severity[] = ['critical', 'critical', 'critical', 'error', 'warn', 'info', 'info', 'debug'];
const SHORT_NAMES: Readonly<Record<string, Severity>> = {
  inf: 'info',
  ftl: 'critical',
  vrb: 'debug',
  trc: 'debug',
  fail: 'error',
  warni: 'warn',
  erro: 'error',
};

/** One letter for a level: glog, klog, Android, Ruby. */
export const LETTER_LEVELS: ReadonlyMap<string, Severity> = new Map([
  ['V', 'debug'],
  ['D', 'debug'],
  ['I', 'info'],
  ['W', 'warn'],
  ['E', 'error'],
  ['F', 'critical'],
  ['A', 'critical'],
]);

/** A syslog priority's severity: the facility in the upper bits, RFC 5424. */
export function priorityToSeverity(priority: number): Severity | undefined {
  return priority <= 191 ? SYSLOG[priority & 7] : undefined;
}

/** A level as written, in words or numbers (pino's tens; syslog's 0-7), undefined where it is none that is known. */
export function severityOf(level: string | number | undefined): Severity | undefined {
  if (level === undefined || level === '') return undefined;
  const number = typeof level === 'number' ? level : writtenLevel(level);
  if (Number.isNaN(number)) return nameToSeverity(String(level));
  if (number >= 10 && number % 10 === 0) return PINO[Math.min(6, number / 10)];
  return number >= 0 && number <= 7 ? SYSLOG[number] : undefined;
}

/** Digits alone: to `Number` a blank is 0, syslog's worst. */
function writtenLevel(level: string): number {
  const text = level.trim();
  return /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
}

function nameToSeverity(level: string): Severity | undefined {
  const known = levelToSeverity(level);
  if (known !== undefined || level.length > 16) return known;
  const name = level.trim().toLowerCase();
  return Object.hasOwn(SHORT_NAMES, name) ? SHORT_NAMES[name] : undefined;
}

/** Words that are a level wherever a line begins with them and a mark (`:`, ` -`) or they stand in brackets. */
const PLAIN_WORDS = 'trace debug info information warn warning error err fatal critical crit severe verbose';
/** Words that are one only in brackets or behind a timestamp: a sentence may begin with them. */
const HEADER_WORDS =
  'notice alert emerg emergency panic log fine finer finest config note informational inf wrn dbg ftl vrb trc fail failure erro warni';
/** Words that are one behind another level too, where `config:`, `Note:` or `Trace:` begin the message. */
const LATER_WORDS =
  'debug info information warn warning error err fatal critical crit severe emerg emergency panic wrn inf dbg ftl erro warni';

const PLAIN = new Map<string, Severity>();
const HEADER = new Map<string, Severity>();
const LATER = new Map<string, Severity>();
for (const word of PLAIN_WORDS.split(' ')) addWord(word, [PLAIN, HEADER]);
for (const word of HEADER_WORDS.split(' ')) addWord(word, [HEADER]);
for (const word of LATER_WORDS.split(' ')) addWord(word, [LATER]);

function addWord(word: string, maps: readonly Map<string, Severity>[]): void {
  const severity = severityOf(word);
  if (severity === undefined) return;
  const title = word.charAt(0).toUpperCase() + word.slice(1);
  for (const map of maps) for (const form of [word, title, word.toUpperCase()]) map.set(form, severity);
}

/** The severity a word of a line's head stands for, in lower, Title or UPPER case. `inHeader`: a timestamp or bracket says that it is a head. */
export function levelWord(word: string, inHeader: boolean): Severity | undefined {
  return (inHeader ? HEADER : PLAIN).get(word);
}

/** Whether such a word is a level in a head that has one already. */
export function isLaterLevel(word: string): boolean {
  return LATER.has(word);
}
