import type { OpenedSource } from '../../../lib/ingest/open-source.ts';
import { createRecordScanner, type ScannedRecord } from '../../../lib/ingest/scan-records.ts';

/** A run of whole records, to be read by itself from the given row and line. */
export interface Block {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly row: number;
  readonly line: number;
}

/** Large enough that a block's overhead is small, small enough that the first results come soon. */
const BLOCK_BYTES = 1024 * 1024;
const NEWLINE = 10;
const SPACE = 32;

/**
 * Cuts a source into blocks in constant memory: a block's rows are the source's, with their rows and lines. Of a line
 * over the limit a block holds what is needed to reject it again. Blank lines between records are as long as they were,
 * since how far an open quote reaches is counted in bytes.
 */
export async function* readBlocks(
  opened: Pick<OpenedSource, 'layout' | 'dataStart' | 'dataLine' | 'read'>,
  blockBytes = BLOCK_BYTES,
): AsyncGenerator<Block> {
  const ready: Block[] = [];
  let buffer = Buffer.allocUnsafe(2 * blockBytes);
  let used = 0;
  let row = 1;
  let first = { row, line: opened.dataLine };
  let end = { offset: opened.dataStart, line: opened.dataLine };

  const close = () => {
    if (used > 0) ready.push({ bytes: new Uint8Array(buffer.subarray(0, used)), ...first });
    used = 0;
  };
  const add = (record: ScannedRecord) => {
    const length = record.to - record.from;
    const gap = record.offset - end.offset;
    if (used > 0 && used + gap + length + 1 > blockBytes) close();
    if (used === 0) first = { row, line: record.line };
    const needed = used + gap + length + 1;
    if (needed > buffer.length) buffer = Buffer.concat([buffer.subarray(0, used)], 2 * needed);
    if (used > 0 && gap > 0) used = fillBlankLines(buffer, used, gap, record.line - end.line);
    record.bytes.copy(buffer, used, record.from, record.to);
    used += length;
    buffer[used++] = NEWLINE;
    row++;
    end = { offset: record.next, line: record.nextLine };
  };

  const scanner = createRecordScanner(opened.layout, { offset: opened.dataStart, line: opened.dataLine }, add);
  for await (const bytes of await opened.read(opened.dataStart)) {
    scanner.push(bytes);
    yield* ready.splice(0);
  }
  scanner.end();
  close();
  yield* ready;
}

/** So many blank lines in so many bytes, none much longer than another. Answers where they end. */
function fillBlankLines(buffer: Buffer, from: number, bytes: number, lines: number): number {
  const to = from + bytes;
  buffer.fill(SPACE, from, to);
  for (let line = 1; line <= lines; line++) buffer[from + Math.floor((bytes * line) / lines) - 1] = NEWLINE;
  return to;
}
