import { LIMITS } from '../domain/limits.ts';
import type { LogRecord } from '../domain/record.ts';
import type { Severity } from '../domain/severity.ts';
import { readAccessLine } from './access-line.ts';
import { codeAt, isDigit } from './char-class.ts';
import { headAndTail, visibleText } from './clean-text.ts';
import { inlineLevelBits } from './evidence.ts';
import { readHeader } from './header.ts';
import { type Header, skipSpaces } from './header-reading.ts';
import { readJsonLine } from './json-line.ts';
import { severityOf } from './levels.ts';
import type { LineParts } from './line-parts.ts';
import { readLogfmtLine } from './logfmt-line.ts';

/** A record whose message is only the message: level and source are fields, whatever shape the line had. */
export interface CanonicalRecord {
  readonly source: string;
  readonly level: Severity | undefined;
  /** At most `LIMITS.messageChars` characters. */
  readonly message: string;
  /** Evidence that stood outside the message, as bits (see evidence.ts). */
  readonly bits: number;
  readonly truncated: boolean;
}

interface Peeled {
  /** Begins with its first visible character. */
  text: string;
  /** Of the outermost layer that has one: the line's. */
  level: Severity | undefined;
  /** Of the innermost: the program's own word. */
  innermost: Severity | undefined;
  source: string;
  bits: number;
}

/** Docker's JSON around a program's JSON around a line with a head: deeper ones are left as they are. */
const MAX_LAYERS = 4;

/**
 * Takes level and source out of the message's shape: JSON, logfmt, syslog, log4j and kin, web servers' lines. A record's own
 * level and source win over the line's, an outer layer's over an inner one's; the innermost level is evidence where it is
 * another. A text of no known shape stays as it is. Never throws.
 */
export function canonicalizeRecord(record: LogRecord): CanonicalRecord {
  const peeled: Peeled = {
    text: visibleText(record.message),
    level: undefined,
    innermost: undefined,
    source: '',
    bits: 0,
  };
  for (let layer = 0; layer < MAX_LAYERS && peel(peeled); layer++);
  const text = peeled.text.trim();
  const truncated = text.length > LIMITS.messageChars;
  const level = severityOf(record.level) ?? peeled.level;
  return {
    source: record.source === '' ? peeled.source.slice(0, LIMITS.sourceChars) : record.source,
    level,
    message: headAndTail(text),
    bits: peeled.bits | inlineLevelBits(level, peeled.innermost),
    truncated,
  };
}

/** Takes one layer off; false where there is none. */
function peel(peeled: Peeled): boolean {
  const { text } = peeled;
  const code = codeAt(text, 0);
  if (code === 123) return takeParts(peeled, readJsonLine(text));
  if (takeParts(peeled, isKeyFirst(text) ? readLogfmtLine(text) : undefined)) return true;
  const access = isDigit(code) || code === 58 ? readAccessLine(text) : undefined;
  if (access !== undefined) {
    peeled.text = access;
    return false;
  }
  return takeHeader(peeled);
}

function takeHeader(peeled: Peeled): boolean {
  const header = readHeader(peeled.text);
  const start = skipSpaces(peeled.text, header.start);
  if (header.start === 0 || start >= peeled.text.length) return false;
  peeled.text = peeled.text.slice(start);
  takeHead(peeled, header);
  return true;
}

function takeParts(peeled: Peeled, parts: LineParts | undefined): boolean {
  if (parts === undefined) return false;
  peeled.text = visibleText(parts.message);
  peeled.bits |= parts.bits;
  takeHead(peeled, parts);
  return true;
}

function takeHead(peeled: Peeled, { level, innermost, source }: Omit<Header, 'start'>): void {
  peeled.level ??= level;
  peeled.innermost = innermost ?? peeled.innermost;
  peeled.source ||= source;
}

/** Whether the first word is a key with `=` behind it. */
function isKeyFirst(text: string): boolean {
  for (let at = 0; at < 64; at++) {
    const code = codeAt(text, at);
    if (code === 61) return at > 0;
    if (!(code > 44 && code < 127) || code === 58 || code === 60) return false;
  }
  return false;
}
