const encoder = new TextEncoder();
const decoder = new TextDecoder();
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** The reference looks a whole grapheme up only where it is shorter than this many bytes of UTF-8. */
const LOOKUP_BYTES = 6;

/**
 * A SentencePiece normalisation table as `tokenizer.json` carries it: base64 of a little-endian byte count, a
 * double-array trie of that size and the NUL-terminated replacements it points to. Gives the function that applies it,
 * with the reference implementation's habits (huggingface/spm_precompiled: the shortest match of a grapheme replaces
 * all of it), because ids must be equal to what the model was trained on.
 */
export function readCharsmap(base64: string): (text: string) => string {
  const bytes = Buffer.from(base64, 'base64');
  const trieBytes = bytes.readUInt32LE(0);
  const trie = Uint32Array.from({ length: trieBytes / 4 }, (_, unit) => bytes.readUInt32LE(4 + unit * 4));
  const replacements = bytes.subarray(4 + trieBytes);
  const lookUp = (part: string): string | undefined => {
    const start = shortestMatch(trie, encoder.encode(part));
    return start === undefined
      ? undefined
      : decoder.decode(replacements.subarray(start, replacements.indexOf(0, start)));
  };
  const normalize = (grapheme: string): string => {
    const whole = Buffer.byteLength(grapheme) < LOOKUP_BYTES ? lookUp(grapheme) : undefined;
    return whole ?? Array.from(grapheme, (character) => lookUp(character) ?? character).join('');
  };
  const ascii = Array.from({ length: 128 }, (_, code) => normalize(String.fromCharCode(code)));
  return (text) => (/^[ -~\t\n]*$/.test(text) ? throughAscii(text, ascii) : throughGraphemes(text, normalize));
}

/** Almost every log line: each character is a grapheme of its own. */
function throughAscii(text: string, ascii: readonly string[]): string {
  return Array.from(text, (character) => ascii[character.charCodeAt(0)] ?? character).join('');
}

function throughGraphemes(text: string, normalize: (grapheme: string) => string): string {
  return Array.from(graphemes.segment(text), ({ segment }) => normalize(segment)).join('');
}

/**
 * Offset of the replacement of the shortest key that `key` begins with. The layout of a unit is that of
 * darts-clone: bits 0-7 and 31 the label, bit 8 "has a leaf", the rest an offset; of a leaf, bits 0-30 the value.
 */
function shortestMatch(trie: Uint32Array, key: Uint8Array): number | undefined {
  let at = offsetOf(trie[0] ?? 0);
  for (const byte of key) {
    if (byte === 0) return undefined;
    at ^= byte;
    const unit = trie[at] ?? 0;
    if ((unit & 0x800000ff) >>> 0 !== byte) return undefined;
    at ^= offsetOf(unit);
    if (((unit >>> 8) & 1) === 1) return (trie[at] ?? 0) & 0x7fffffff;
  }
  return undefined;
}

function offsetOf(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6);
}
