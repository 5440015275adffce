import { LIMITS } from '../domain/limits.ts';
import { foreignDigit, isStray, tokenBits } from './char-class.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what this looks for
const ANSI_SEQUENCE = /\u001b(?:\[[0-9;:?]{0,32}[A-Za-z]|\][^\u0007\u001b]{0,256}(?:\u0007|\u001b\\)|[()][0-9A-Za-z])/g;
const CUT = ' … ';
const ESCAPE = '\u001b';
/** Most lines hold no such character, and this says so twice as fast as a loop. */
const BEYOND_PLAIN = /[^ -~\t\r\n]/;
/** Where a line's shape shows: a head is read no further, and an object's first keys stand there. */
const SHAPE_CHARS = 400;

/** The text without ANSI sequences, control characters and invisible marks; spaces and decimal digits beyond ASCII become plain ones, lone surrogates U+FFFD. */
export function cleanText(text: string): string {
  const plain = text.toWellFormed().replace(ANSI_SEQUENCE, '');
  const parts: string[] = [];
  let kept = 0;
  for (let i = 0; i < plain.length; i++) {
    const code = plain.charCodeAt(i);
    if (!isStray(code)) continue;
    parts.push(plain.slice(kept, i), isSpaceBeyondAscii(code) ? ' ' : String(foreignDigit(code) ?? ''));
    kept = i + 1;
  }
  parts.push(plain.slice(kept));
  return parts.join('');
}

/** The text without blanks at its ends and without what hides its shape there: colours, and marks that show nothing. */
export function visibleText(text: string): string {
  const trimmed = text.trim();
  if (!BEYOND_PLAIN.test(trimmed)) return trimmed;
  return trimmed.includes(ESCAPE) || isStrayAhead(trimmed) ? cleanText(trimmed).trim() : trimmed;
}

function isStrayAhead(text: string): boolean {
  const end = Math.min(text.length, SHAPE_CHARS);
  for (let at = 0; at < end; at++) {
    const code = text.charCodeAt(at);
    if (tokenBits(code) === 0 && isStray(code)) return true;
  }
  return false;
}

function isSpaceBeyondAscii(code: number): boolean {
  return (
    code === 0x85 ||
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  );
}

/** A text over `chars` as its head and tail, three to one: what happened stands first, the root cause of a long trace last. */
export function headAndTail(text: string, chars: number = LIMITS.messageChars): string {
  if (text.length <= chars) return text;
  const budget = chars - CUT.length;
  const tail = Math.floor(budget / 4);
  return (text.slice(0, budget - tail) + CUT + text.slice(text.length - tail)).toWellFormed();
}
