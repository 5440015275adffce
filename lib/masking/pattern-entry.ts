import { createHash } from 'node:crypto';
import { LIMITS } from '../domain/limits.ts';
import { scanText } from './mask-text.ts';
import { patternToCanonical } from './masks.ts';

/** What follows from a pattern alone. */
export interface PatternEntry {
  /** At most `LIMITS.patternChars` characters. */
  readonly pattern: string;
  readonly patternId: string;
  readonly canonical: string;
}

/** Two generations of this many: the younger one is full, the older one is dropped. Bounds memory to some 25 MB of text, twice that beyond Latin-1. */
const GENERATION = 8_192;
const REMEMBERED_CHARS = 512;
const MAX_ROUNDS = 8;

let young = new Map<string, PatternEntry>();
let old = new Map<string, PatternEntry>();

/** The entry of what one scan gave. Memoised, so that hashing is off the way of a known pattern. */
export function patternEntry(scanned: string): PatternEntry {
  const known = young.get(scanned);
  if (known !== undefined) return known;
  const older = old.get(scanned);
  if (older === undefined && scanned.length > REMEMBERED_CHARS) return makeEntry(scanned);
  const key = ownCopy(scanned);
  const entry = older ?? makeEntry(key);
  remember(key, entry);
  return entry;
}

/** A copy that shares no memory: a slice kept here would hold the whole chunk that it was cut from. */
function ownCopy(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}

function remember(scanned: string, entry: PatternEntry): void {
  if (young.size >= GENERATION) {
    old = young;
    young = new Map();
  }
  young.set(scanned, entry);
}

function makeEntry(scanned: string): PatternEntry {
  const full = settle(scanned);
  const digest = createHash('sha256').update(full).digest('hex');
  return { pattern: cutPattern(full), patternId: digest.slice(0, 16), canonical: patternToCanonical(full) };
}

/** Scans a pattern again until nothing changes, so that masking a pattern gives that pattern. Nearly always the first round changes nothing. */
export function settle(scanned: string): string {
  let pattern = scanned;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const next = scanText(pattern).pattern;
    if (next === pattern) break;
    pattern = next;
  }
  return pattern;
}

/** Cuts at a space where one is near, never inside a mask or a surrogate pair. */
export function cutPattern(pattern: string): string {
  if (pattern.length <= LIMITS.patternChars) return pattern;
  const head = pattern.slice(0, LIMITS.patternChars - 2);
  const space = head.lastIndexOf(' ');
  const mask = head.lastIndexOf('<');
  const end = space > head.length - 64 ? space : mask > head.length - 12 ? mask : head.length;
  return `${head.slice(0, end).toWellFormed().trimEnd()} …`;
}
