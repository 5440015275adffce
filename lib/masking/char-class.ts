/** Kinds of character as bits, so that one pass over a token says all that is in it. 0 ends a token. */
export const LETTER = 1;
export const DIGIT = 2;
export const DOT = 4;
export const COLON = 8;
export const SLASH = 16;
export const AT = 32;
export const BACKSLASH = 64;
/** `-`, `_` and `+` belong to tokens and mean nothing alone. */
export const JOINER = 128;

/** Code units of the zeros of other scripts' decimal digits, each followed by its one to nine; those beyond the basic plane are left as they are. */
const ZEROS = [
  0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20,
  0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0,
  0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
];
const DIGIT_VALUES = new Map(
  ZEROS.flatMap((zero) => Array.from({ length: 10 }, (_, value) => [zero + value, value] as const)),
);

/** By UTF-16 code unit. Beyond ASCII everything is a letter but what `isStray` names. */
const TOKEN_BITS = new Uint8Array(0x10000);
const HEX_DIGITS = new Uint8Array(0x10000);
for (let code = 128; code < 0x10000; code++) if (!isStray(code)) TOKEN_BITS[code] = LETTER;
for (let code = 48; code < 58; code++) TOKEN_BITS[code] = DIGIT;
for (let code = 65; code < 91; code++) TOKEN_BITS[code] = TOKEN_BITS[code + 32] = LETTER;
for (const [character, bit] of [
  ['.', DOT],
  [':', COLON],
  ['/', SLASH],
  ['@', AT],
  ['\\', BACKSLASH],
  ['-', JOINER],
  ['_', JOINER],
  ['+', JOINER],
] as const)
  TOKEN_BITS[character.charCodeAt(0)] = bit;
for (const character of '0123456789abcdefABCDEF') HEX_DIGITS[character.charCodeAt(0)] = 1;

/** What a UTF-16 code unit is in a token; 0 ends one. */
export function tokenBits(code: number): number {
  return TOKEN_BITS[code] ?? 0;
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

export function isHex(code: number): boolean {
  return HEX_DIGITS[code] === 1;
}

/** A letter (any script) or an ASCII digit. */
export function isAlnum(code: number): boolean {
  return ((TOKEN_BITS[code] ?? 0) & (LETTER | DIGIT)) !== 0;
}

export function isAsciiLetter(code: number): boolean {
  return code < 128 && TOKEN_BITS[code] === LETTER;
}

export function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

/** The value of a decimal digit that is not ASCII's, undefined for anything else. */
export function foreignDigit(code: number): number | undefined {
  return code < 0x660 ? undefined : DIGIT_VALUES.get(code);
}

/** Control characters, marks that only steer display (zero width, direction), spaces and digits beyond ASCII: a text that holds one is cleaned first. */
export function isStray(code: number): boolean {
  if (code < 32) return !isSpace(code);
  if (foreignDigit(code) !== undefined) return true;
  if (code < 0x1680) return code >= 127 && (code <= 0xa0 || code === 0xad);
  return (
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200f) ||
    (code >= 0x2028 && code <= 0x202f) ||
    (code >= 0x205f && code <= 0x206f) ||
    code === 0x3000 ||
    code === 0xfeff
  );
}

/** The code unit at `at`, 0 beyond either end: asking a string out of bounds makes V8 give up its fast way of reading. */
export function codeAt(text: string, at: number): number {
  return at >= 0 && at < text.length ? text.charCodeAt(at) : 0;
}

/** End of the run of ASCII digits that begins at `at`; `at` itself where there is none. */
export function digitsEnd(text: string, at: number): number {
  let end = at;
  while (isDigit(codeAt(text, end))) end++;
  return end;
}

/** End of the run of letters and digits that begins at `at`. */
export function alnumEnd(text: string, at: number): number {
  let end = at;
  while (isAlnum(codeAt(text, end))) end++;
  return end;
}
