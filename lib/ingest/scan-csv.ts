import { type Found, findLine, MORE, ONE_RECORD, type RecordFinder } from './scan-lines.ts';

const QUOTE = 34;
const NEWLINE = 10;

/** Where one reading of a CSV record stands: the next byte to look at, and what that byte is in. */
interface Run {
  at: number;
  in: 'field-start' | 'text' | 'quotes';
}

/**
 * Finds CSV records. A field that begins with `"` is quoted; `""` in it is a quote, a lone `"` closes it, and what
 * follows up to the delimiter is literal. A record that is over the limit, or whose quote is open at the end of the
 * bytes, is rejected at its first physical line, and reading goes on at the next newline.
 *
 * That this is linear, however the quotes are strewn: a run lives past a newline only inside quotes, so any two runs
 * that both live past the same newline are in the same state there and end at the same byte. The run of a rejected
 * record (`reach`) therefore stands for every later record that is still open at the end of its first line: it is
 * never read again, only further. A byte is read at most twice, once in its own line and once by `reach`.
 *
 * That a chunk's reader rejects the same records without the bytes after its chunk: the run of a rejected record is
 * inside quotes at every newline before the limit, hence also at the chunk's end, where an open quote is rejected too.
 */
export function createCsvFinder(delimiter: string, recordBytes: number): RecordFinder {
  const separator = delimiter.charCodeAt(0);
  const first: Run = { at: 0, in: 'field-start' };
  const reach: Run = { at: -1, in: 'quotes' };
  let quoteAt = -1;

  /** True when the record that begins at `from` ends with its first line. */
  function endsWithLine(bytes: Buffer, from: number, lineEnd: number): boolean {
    if (quoteAt < from) quoteAt = indexOrEnd(bytes, QUOTE, from);
    if (quoteAt >= lineEnd) return true;
    first.at = from;
    first.in = 'field-start';
    advance(first, bytes, lineEnd, separator);
    return !isOpen(first, bytes, lineEnd);
  }

  function find(bytes: Buffer, from: number, atEnd: boolean, found: Found): number {
    const outcome = findLine(bytes, from, atEnd, recordBytes, found);
    if (outcome !== ONE_RECORD || found.rejection !== undefined) return outcome;
    const lineEnd = found.to;
    if (endsWithLine(bytes, from, lineEnd)) return ONE_RECORD;
    if (reach.at <= lineEnd) {
      reach.at = lineEnd;
      reach.in = 'quotes';
    }
    const bound = Math.min(from + recordBytes + 1, bytes.length);
    const end = advance(reach, bytes, bound, separator);
    if (end >= 0) return foundLines(bytes, lineEnd, end, end + 1, found);
    const isOver = bytes.length > from + recordBytes;
    if (!isOver && !atEnd) return MORE;
    if (!isOver && !isOpen(reach, bytes, bound)) return foundLines(bytes, lineEnd, bound, bound, found);
    found.rejection = 'unclosed-quote';
    return ONE_RECORD;
  }

  return {
    find,
    moved(by) {
      reach.at -= by;
      quoteAt = -1;
    },
  };
}

/** Reads on up to `bound`; the index of the newline that ends the record, or -1 when it has not ended by then. */
function advance(run: Run, bytes: Buffer, bound: number, separator: number): number {
  let at = run.at;
  let state = run.in;
  for (;;) {
    if (state === 'field-start') {
      if (at >= bound) break;
      const isQuoted = bytes[at] === QUOTE;
      state = isQuoted ? 'quotes' : 'text';
      if (isQuoted) at++;
    }
    if (state === 'quotes') {
      while (at < bound && bytes[at] !== QUOTE) at++;
      // The byte after a quote says whether it closes; without it, stay on the quote.
      if (at + 1 >= bound) break;
      const isEscape = bytes[at + 1] === QUOTE;
      at += isEscape ? 2 : 1;
      if (isEscape) continue;
      state = 'text';
    }
    while (at < bound && bytes[at] !== separator && bytes[at] !== NEWLINE) at++;
    if (at >= bound) break;
    if (bytes[at] === NEWLINE) {
      run.at = -1;
      return at;
    }
    at++;
    state = 'field-start';
  }
  run.at = at;
  run.in = state;
  return -1;
}

/** True when a run that stopped at `bound` is inside quotes there; a quote as the last byte has closed them. */
function isOpen(run: Run, bytes: Buffer, bound: number): boolean {
  return run.in === 'quotes' && !(run.at < bound && bytes[run.at] === QUOTE);
}

function foundLines(bytes: Buffer, lineEnd: number, to: number, next: number, found: Found): number {
  found.to = to;
  found.next = next;
  for (let at = lineEnd; at >= 0 && at < to; at = bytes.indexOf(NEWLINE, at + 1)) if (at < to) found.lines++;
  return ONE_RECORD;
}

function indexOrEnd(bytes: Buffer, byte: number, from: number): number {
  const index = bytes.indexOf(byte, from);
  return index < 0 ? bytes.length : index;
}
