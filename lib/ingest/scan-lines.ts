/** Why a scanner rejects a record. Both are decided alike by whoever sees the whole source and by whoever sees one chunk. */
export type ScanRejection = 'over-limit' | 'unclosed-quote';

/** What a finder found; one object is used for all records. Indexes are into the bytes searched. */
export interface Found {
  /** Where the record's bytes end, its newline not counted. Of a line over the limit: one byte past the limit. */
  to: number;
  /** Where the next record may begin. */
  next: number;
  /** Physical lines in the record. */
  lines: number;
  rejection: ScanRejection | undefined;
}

/** The finder's answers: a record was found; more bytes are needed; the line is over the limit and its end is not here. */
export const ONE_RECORD = 0;
export const MORE = 1;
export const OVER_LIMIT = 2;

export interface RecordFinder {
  /** Finds the record that begins at `from`. `atEnd`: no bytes follow. */
  find(bytes: Buffer, from: number, atEnd: boolean, found: Found): number;
  /** The bytes were replaced: what was at index i is now at i - by. */
  moved(by: number): void;
}

/** The physical line that begins at `from`, as a record. */
export function findLine(bytes: Buffer, from: number, atEnd: boolean, recordBytes: number, found: Found): number {
  const newline = bytes.indexOf(10, from);
  if (newline < 0 && !atEnd) return bytes.length - from > recordBytes ? OVER_LIMIT : MORE;
  found.to = newline < 0 ? bytes.length : newline;
  found.next = newline < 0 ? bytes.length : newline + 1;
  found.lines = 1;
  const isOver = found.to - from > recordBytes;
  found.rejection = isOver ? 'over-limit' : undefined;
  if (isOver) found.to = from + recordBytes + 1;
  return ONE_RECORD;
}

/** Finds records that are one line each: NDJSON, plain logs. */
export function createLineFinder(recordBytes: number): RecordFinder {
  return {
    find: (bytes, from, atEnd, found) => findLine(bytes, from, atEnd, recordBytes, found),
    moved: () => {},
  };
}
