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

/** Cuts a source into blocks in constant memory. Blank lines between records become newlines, so that lines keep their numbers. */
export async function* readBlocks(opened: OpenedSource): AsyncGenerator<Block> {
  const ready: Block[] = [];
  let buffer = Buffer.alloc(2 * BLOCK_BYTES);
  let used = 0;
  let row = 1;
  let first = { row, line: opened.dataLine };
  let line = opened.dataLine;

  const close = () => {
    if (used > 0) ready.push({ bytes: new Uint8Array(buffer.subarray(0, used)), ...first });
    used = 0;
  };
  const add = (record: ScannedRecord) => {
    const length = record.to - record.from;
    const blanks = used === 0 ? 0 : record.line - line;
    if (used > 0 && used + blanks + length + 1 > BLOCK_BYTES) close();
    if (used === 0) first = { row, line: record.line };
    const needed = used + blanks + length + 1;
    if (needed > buffer.length) buffer = Buffer.concat([buffer.subarray(0, used)], 2 * needed);
    if (used > 0) used = buffer.fill(10, used, used + blanks) && used + blanks;
    record.bytes.copy(buffer, used, record.from, record.to);
    used += length;
    buffer[used++] = 10;
    row++;
    line = record.nextLine;
  };

  const scanner = createRecordScanner(opened.layout, { offset: opened.dataStart, line }, add);
  for await (const bytes of await opened.read(opened.dataStart)) {
    scanner.push(bytes);
    yield* ready.splice(0);
  }
  scanner.end();
  close();
  yield* ready;
}
