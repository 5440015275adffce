import { type Found, findLine, MORE, ONE_RECORD, type RecordFinder } from './scan-lines.ts';

/** As much of a line as the rules look at. */
const PREFIX_BYTES = 200;
const NEWLINE = 10;

const STARTS = [
  'at ',
  'Caused by:',
  'Suppressed:',
  '...',
  'Traceback (most recent call last)',
  'During handling of the above exception',
  'The above exception was the direct cause',
  '}',
  ')',
  ']',
];

/** `java.io.IOException: text`: a qualified name, so that a plain `Error: text` begins a record of its own. */
const NAME = /^[A-Za-z_$][\w$.]{0,180}/;
const THROWN = /(?:Exception|Error|Throwable)$/;

/**
 * Finds log records whose stack frames, indented lines and closing brackets belong to the line before them. Blank lines
 * between two such lines belong too. A record that would pass the limit ends at the last line that fits, and the line
 * after it begins the next one: nothing is rejected but a single line over the limit.
 */
export function createContinuationFinder(recordBytes: number): RecordFinder {
  const line: Found = { to: 0, next: 0, lines: 0, rejection: undefined };

  function find(bytes: Buffer, from: number, atEnd: boolean, found: Found): number {
    const outcome = findLine(bytes, from, atEnd, recordBytes, found);
    if (outcome !== ONE_RECORD || found.rejection !== undefined) return outcome;
    let inTraceback = startsWith(bytes, from, 'Traceback (most');
    for (;;) {
      const [start, blanks] = skipBlankLines(bytes, found.next, atEnd);
      if (start - from > recordBytes) return ONE_RECORD;
      if (!atEnd && !hasPrefix(bytes, start)) return bytes.length - from > recordBytes ? ONE_RECORD : MORE;
      const kind = start >= bytes.length ? 'head' : continuationKind(bytes, start, inTraceback);
      if (kind === 'head') return ONE_RECORD;
      const ended = findLine(bytes, start, atEnd, recordBytes, line);
      if (ended === MORE && bytes.length - from <= recordBytes) return MORE;
      if (ended !== ONE_RECORD || line.to - from > recordBytes) return ONE_RECORD;
      inTraceback = kind === 'traceback' || (inTraceback && kind !== 'exception');
      found.to = line.to;
      found.next = line.next;
      found.lines += blanks + 1;
    }
  }

  return { find, moved: () => {} };
}

/** True when the line at `start` is whole, or long enough for the rules. */
function hasPrefix(bytes: Buffer, start: number): boolean {
  return bytes.length - start >= PREFIX_BYTES || (start < bytes.length && bytes.indexOf(NEWLINE, start) >= 0);
}

type LineKind = 'head' | 'continuation' | 'traceback' | 'exception';

/** Inside a Python traceback a line that is a name, alone or before a colon, names the exception and ends it. */
function continuationKind(bytes: Buffer, start: number, inTraceback: boolean): LineKind {
  const first = bytes[start];
  if (first === 32 || first === 9) return 'continuation';
  if (STARTS.some((text) => startsWith(bytes, start, text))) {
    return startsWith(bytes, start, 'Traceback') ? 'traceback' : 'continuation';
  }
  const text = bytes.toString('latin1', start, Math.min(bytes.length, start + PREFIX_BYTES));
  const name = NAME.exec(text)?.[0] ?? '';
  const after = text[name.length] ?? '\n';
  if (name === '' || !':\r\n'.includes(after)) return 'head';
  return inTraceback || (name.includes('.') && THROWN.test(name)) ? 'exception' : 'head';
}

function startsWith(bytes: Buffer, start: number, text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (bytes[start + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}

/** Where the first line that is not blank begins, and how many blank ones came before it. */
function skipBlankLines(bytes: Buffer, from: number, atEnd: boolean): readonly [number, number] {
  let start = from;
  let blanks = 0;
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === NEWLINE) {
      blanks++;
      start = at + 1;
    } else if (byte !== 32 && byte !== 9 && byte !== 13) return [start, blanks];
  }
  return [atEnd ? bytes.length : start, blanks];
}
