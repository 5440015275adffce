import { codeAt, isAlnum, isDigit } from './char-class.ts';
import type { Mask } from './masks.ts';

const DURATION_WORDS =
  'ns us µs μs ms msec msecs s sec secs second seconds min mins minute minutes hr hrs hour hours day days millis millisecond milliseconds microseconds nanoseconds';
const SIZE_WORDS = 'B b bytes byte KB kB kb MB mb GB gb TB tb PB KiB MiB GiB TiB Kb Mb Gb kbytes Kbytes Mbytes Gbytes';
/** Written against the number: `12ms`, `4G`, `5m`. */
const ATTACHED_UNITS = unitMap(`${DURATION_WORDS} m h d w`, `${SIZE_WORDS} K k M G T Ki Mi Gi Ti`);
/** Written behind a space: too short ones would take a word that belongs to the sentence. */
const SPACED_UNITS = unitMap(DURATION_WORDS, SIZE_WORDS);
const LONGEST_UNIT = 12;
const SPACED_INITIALS = new Uint8Array(0x10000);
for (const unit of SPACED_UNITS.keys()) SPACED_INITIALS[unit.charCodeAt(0)] = 1;

function unitMap(durations: string, sizes: string): ReadonlyMap<string, Mask> {
  return new Map<string, Mask>([
    ...durations.split(' ').map((unit) => [unit, '<DURATION>'] as const),
    ...sizes.split(' ').map((unit) => [unit, '<SIZE>'] as const),
  ]);
}

function lettersEnd(text: string, at: number): number {
  let end = at;
  while (end - at <= LONGEST_UNIT && isUnitLetter(codeAt(text, end))) end++;
  return end;
}

function isUnitLetter(code: number): boolean {
  return isAlnum(code) && !isDigit(code);
}

/** The unit that begins at `at`, right behind a number; `1h23m45s` and `2m30.5s` are one. */
export function attachedUnit(text: string, at: number): { end: number; mask: Mask } | undefined {
  const end = lettersEnd(text, at);
  const mask = ATTACHED_UNITS.get(text.slice(at, end));
  if (mask === undefined) return undefined;
  if (!isDigit(codeAt(text, end))) return isAlnum(codeAt(text, end)) ? undefined : { end, mask };
  return mask === '<DURATION>' ? compoundDuration(text, end) : undefined;
}

function compoundDuration(text: string, at: number): { end: number; mask: Mask } | undefined {
  let end = at;
  for (let parts = 0; parts < 8 && isDigit(codeAt(text, end)); parts++) {
    while (isDigit(codeAt(text, end)) || (codeAt(text, end) === 46 && isDigit(codeAt(text, end + 1)))) end++;
    const unit = lettersEnd(text, end);
    if (ATTACHED_UNITS.get(text.slice(end, unit)) !== '<DURATION>') return undefined;
    end = unit;
  }
  return isAlnum(codeAt(text, end)) ? undefined : { end, mask: '<DURATION>' };
}

/** The unit behind the one space at `at`. */
export function spacedUnit(text: string, at: number): { end: number; mask: Mask } | undefined {
  if (SPACED_INITIALS[codeAt(text, at + 1)] !== 1) return undefined;
  const end = lettersEnd(text, at + 1);
  if (end === at + 1 || isAlnum(codeAt(text, end))) return undefined;
  const mask = SPACED_UNITS.get(text.slice(at + 1, end));
  return mask === undefined ? undefined : { end, mask };
}
