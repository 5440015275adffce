import type { Layout } from '../domain/job.ts';
import { LIMITS } from '../domain/limits.ts';
import { createContinuationFinder } from './scan-continuations.ts';
import { createCsvFinder } from './scan-csv.ts';
import { createLineFinder, type Found, MORE, OVER_LIMIT, type RecordFinder, type ScanRejection } from './scan-lines.ts';

export type RecordShape = Pick<Layout, 'format' | 'delimiter' | 'joinContinuations'>;

/** A record as it lies in the bytes. One object is used for all records of a scanner: copy what is kept. */
export interface ScannedRecord {
  /** The record is `bytes[from, to)`, without the newline that ends it; of a line over the limit, one byte past the limit. */
  bytes: Buffer;
  from: number;
  to: number;
  /** Offset of `from` in the source, and of what comes after the record and its newline. */
  offset: number;
  next: number;
  /** Physical line numbers of the record's first line and of the line after it. */
  line: number;
  nextLine: number;
  rejection: ScanRejection | undefined;
}

export interface RecordScanner {
  /** Bytes handed in are kept by reference until their records are found: do not reuse the buffer. */
  push(bytes: Uint8Array): void;
  end(): void;
  /** The most bytes held at once so far. */
  highWater(): number;
}

/** Large pushes are taken in slices of this size. */
const SLICE_BYTES = 1024 * 1024;

const NEWLINE = 10;

/**
 * Finds record boundaries in bytes as they come, in linear time and constant memory (about three times `recordBytes`).
 * A pure function of the bytes: scanning any run of whole records by itself finds the same records, however the bytes
 * are cut into buffers. Lines end in LF, a CR before it is no part of the text; a lone CR is text. Lines of nothing but
 * spaces, tabs (not where the tab separates) and CRs are no records. Broken UTF-8 and NUL bytes are bytes like others.
 */
export function createRecordScanner(
  shape: RecordShape,
  at: { readonly offset: number; readonly line: number },
  onRecord: (record: ScannedRecord) => void,
  recordBytes: number = LIMITS.recordBytes,
): RecordScanner {
  const finder = createFinder(shape, recordBytes);
  const blankTab = shape.format === 'csv' && shape.delimiter === '\t' ? 32 : 9;
  const found: Found = { to: 0, next: 0, lines: 0, rejection: undefined };
  const record: ScannedRecord = {
    bytes: Buffer.alloc(0),
    ...{ from: 0, to: 0, offset: 0, next: 0, line: 0, nextLine: 0 },
    rejection: undefined,
  };
  let window: Buffer = Buffer.alloc(0);
  let base = at.offset;
  let line = at.line;
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let skipping = false;
  let highWater = 0;

  function push(bytes: Uint8Array): void {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let start = 0; start < buffer.length; start += SLICE_BYTES) take(buffer.subarray(start, start + SLICE_BYTES));
  }

  function take(slice: Buffer): void {
    const rest = skipping ? skipLine(slice) : slice;
    if (rest.length === 0) return;
    pending.push(rest);
    pendingBytes += rest.length;
    // An unfinished record is looked at again only when as many bytes have come as it has, so that each is read about twice.
    if (pendingBytes >= window.length) join(false);
  }

  function join(atEnd: boolean): void {
    const [only] = pending;
    const isAlone = window.length === 0 && pending.length === 1;
    const joined = isAlone && only !== undefined ? only : Buffer.concat([window, ...pending]);
    highWater = Math.max(highWater, joined.length + (isAlone ? 0 : window.length + pendingBytes));
    window = joined;
    pending = [];
    pendingBytes = 0;
    scan(atEnd);
  }

  function scan(atEnd: boolean): void {
    let from = 0;
    while (from < window.length) {
      const first = window[from];
      if (first === NEWLINE) {
        from++;
        line++;
        continue;
      }
      if (first === 32 || first === 13 || first === blankTab) {
        const after = afterBlankLine(from, atEnd);
        if (after === -1) break;
        if (after > from) {
          if (window[after - 1] === NEWLINE) line++;
          from = after;
          continue;
        }
      }
      const outcome = finder.find(window, from, atEnd, found);
      if (outcome === MORE) break;
      if (outcome === OVER_LIMIT) {
        hold(from);
        return;
      }
      from = emit(from);
    }
    finder.moved(from);
    base += from;
    window = window.subarray(from);
  }

  /** Where the blank line that begins at `from` ends; `from` when it is none, -1 when that is not yet known. */
  function afterBlankLine(from: number, atEnd: boolean): number {
    const bound = Math.min(window.length, from + recordBytes + 1);
    for (let at = from; at < bound; at++) {
      const byte = window[at];
      if (byte === NEWLINE) return at + 1;
      if (byte !== 32 && byte !== 13 && byte !== blankTab) return from;
    }
    if (window.length > from + recordBytes) return from;
    return atEnd ? window.length : -1;
  }

  function emit(from: number): number {
    record.bytes = window;
    record.from = from;
    record.to = found.to;
    record.offset = base + from;
    record.next = base + found.next;
    record.line = line;
    line += found.lines;
    record.nextLine = line;
    record.rejection = found.rejection;
    onRecord(record);
    return found.next;
  }

  /** The line at `from` is over the limit: its first bytes are kept, the rest is passed over as it comes. */
  function hold(from: number): void {
    record.bytes = window;
    record.from = from;
    record.to = from + recordBytes + 1;
    record.offset = base + from;
    record.line = line;
    record.rejection = 'over-limit';
    skipping = true;
    base += window.length;
    finder.moved(window.length);
    window = Buffer.alloc(0);
  }

  function skipLine(slice: Buffer): Buffer {
    const newline = slice.indexOf(NEWLINE);
    const passed = newline < 0 ? slice.length : newline + 1;
    base += passed;
    if (newline >= 0) release();
    return slice.subarray(passed);
  }

  function release(): void {
    skipping = false;
    line++;
    record.next = base;
    record.nextLine = line;
    onRecord(record);
  }

  function end(): void {
    if (pendingBytes > 0 || window.length > 0) join(true);
    if (skipping) release();
  }

  return { push, end, highWater: () => highWater };
}

function createFinder(shape: RecordShape, recordBytes: number): RecordFinder {
  if (shape.format === 'csv') return createCsvFinder(shape.delimiter ?? ',', recordBytes);
  if (shape.format === 'log' && shape.joinContinuations) return createContinuationFinder(recordBytes);
  return createLineFinder(recordBytes);
}
