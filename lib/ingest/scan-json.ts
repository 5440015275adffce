/** A value's own text, `bytes[from, to)`, without the blanks around it. */
export interface Span {
  readonly from: number;
  readonly to: number;
  /** How many arrays and objects lie in one another there. */
  readonly levels: number;
}

export const [QUOTE, OPEN_ARRAY, OPEN_OBJECT] = [34, 91, 123];
const [CLOSE_ARRAY, CLOSE_OBJECT, COMMA, COLON, BACKSLASH] = [93, 125, 44, 58, 92];

/**
 * Finds the members of the array or object that begins at `from`: values, or keys with their values. It looks at quotes,
 * brackets and commas alone, in constant memory; whether a member is JSON, parsing it tells. Returns where the whole
 * ends; undefined where it does not, or not by the bracket it began with.
 */
export function scanMembers(bytes: Buffer, from: number, onMember: (member: Span) => void): number | undefined {
  let levels = 0;
  let deepest = 0;
  let begin = from + 1;
  const endMember = (at: number) => {
    onMember({ ...withoutBlanks(bytes, begin, at), levels: deepest - 1 });
    begin = at + 1;
    deepest = 1;
  };
  for (let at = from; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) at = closingQuote(bytes, at);
    else if (byte === COMMA && levels === 1) endMember(at);
    else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      levels += 1;
      deepest = Math.max(deepest, levels);
    } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
      levels -= 1;
      if (levels > 0) continue;
      const isEmpty = begin === from + 1 && skipBlanks(bytes, begin) === at;
      if (!isEmpty) endMember(at);
      return byte === (bytes[from] === OPEN_ARRAY ? CLOSE_ARRAY : CLOSE_OBJECT) ? at + 1 : undefined;
    }
  }
  return undefined;
}

/** The value of an object's member, if that is its key. */
export function memberValue(bytes: Buffer, { from, to, levels }: Span, key: string): Span | undefined {
  if (bytes[from] !== QUOTE) return undefined;
  const keyEnd = closingQuote(bytes, from) + 1;
  const colon = skipBlanks(bytes, keyEnd);
  if (bytes[colon] !== COLON || !isKey(bytes.toString('utf8', from, keyEnd), key)) return undefined;
  return { from: skipBlanks(bytes, colon + 1), to, levels };
}

/** Where the blanks (JSON's) that begin at `from` end. */
export function skipBlanks(bytes: Buffer, from: number): number {
  let at = from;
  while (isBlank(bytes[at])) at += 1;
  return at;
}

function withoutBlanks(bytes: Buffer, from: number, to: number): { from: number; to: number } {
  const begin = skipBlanks(bytes, from);
  let end = to;
  while (end > begin && isBlank(bytes[end - 1])) end -= 1;
  return { from: begin, to: end };
}

function isBlank(byte: number | undefined): boolean {
  return byte === 32 || byte === 9 || byte === 10 || byte === 13;
}

/** Of the string that begins at `from`; past the end where it is not closed. */
function closingQuote(bytes: Buffer, from: number): number {
  for (let at = from + 1; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) at += 1;
  }
  return bytes.length;
}

/** A key may be spelt with escapes. */
function isKey(text: string, key: string): boolean {
  if (!text.includes('\\')) return text === `"${key}"`;
  try {
    return JSON.parse(text) === key;
  } catch {
    return false;
  }
}
