import { InvalidInput, Retryable } from '../domain/errors.ts';
import type { ObjectRef } from '../domain/job.ts';
import { LIMITS } from '../domain/limits.ts';
import type { ObjectStore } from '../ports.ts';
import type { ChunkSpan, SegmentSpan } from './cut-chunks.ts';
import type { ScannedRecord } from './scan-records.ts';

/** A part of a multipart upload: S3 wants 5 MiB or more but for the last. */
const PART_BYTES = 8 * 1024 * 1024;

/**
 * Writes the records of an inflated source into one staging object a segment, so that chunks and segments can be read
 * by range. Records are copied as they were; blank lines between them keep their number and their bytes (up to the limit),
 * so that an unclosed quote reaches as far here as there; of a line over the limit there is what a reader needs to reject it. The bytes depend on the source alone, so writing them twice changes nothing.
 */
export interface GzipStaging {
  append(record: ScannedRecord): void;
  /** The span in the staging object; says that the chunk, then the segment, has ended. */
  closeChunk(span: ChunkSpan): ChunkSpan;
  closeSegment(span: SegmentSpan): SegmentSpan;
  /** Uploads what is full; bytes of the open segment stay, at most a part. */
  upload(): Promise<void>;
  abort(): Promise<void>;
}

interface Block {
  readonly key: string;
  readonly part: number;
  readonly bytes: Buffer;
  readonly isLast: boolean;
}

export function stagingRef(options: { bucket: string; tenant: string; jobId: string }, segment: number): ObjectRef {
  const number = String(segment).padStart(5, '0');
  return { bucket: options.bucket, key: `staging/${options.tenant}/${options.jobId}/${number}` };
}

export function createGzipStaging(
  objects: ObjectStore,
  job: { bucket: string; tenant: string; jobId: string },
  firstSegment: number,
  recordBytes: number = LIMITS.recordBytes,
): GzipStaging {
  let segment = firstSegment;
  let position = 0;
  let chunkStart: number | undefined;
  let before: { next: number; nextLine: number } | undefined;
  let block = Buffer.allocUnsafe(PART_BYTES);
  let filled = 0;
  let part = 1;
  let blocks: Block[] = [];
  let multipart: { key: string; id: string } | undefined;

  function append(record: ScannedRecord): void {
    if (before !== undefined) writeBlanks(record.offset - before.next, record.line - before.nextLine);
    chunkStart ??= position;
    write(record.bytes.subarray(record.from, record.to));
    write(NEWLINE);
    before = { next: record.next, nextLine: record.nextLine };
  }

  /** One line of spaces takes the place of all that was blank: beyond the limit no reader looks. */
  function writeBlanks(bytes: number, lines: number): void {
    if (lines > LIMITS.blankLines)
      throw new InvalidInput(
        'blank-lines',
        `The gzip holds ${lines} blank lines in a row; ${LIMITS.blankLines} are read.`,
      );
    const spaces = Math.min(bytes - lines, recordBytes);
    if (spaces > 0) write(Buffer.alloc(spaces, ' '));
    for (let left = lines; left > 0; left--) write(NEWLINE);
  }

  function write(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      if (filled === PART_BYTES) cutBlock(false);
      const copied = bytes.copy(block, filled, at);
      at += copied;
      filled += copied;
      position += copied;
    }
  }

  function cutBlock(isLast: boolean): void {
    const { key } = stagingRef(job, segment);
    blocks.push({ key, part, bytes: block.subarray(0, filled), isLast });
    block = Buffer.allocUnsafe(PART_BYTES);
    filled = 0;
    part++;
  }

  async function upload(): Promise<void> {
    const ready = blocks;
    blocks = [];
    for (const each of ready) await uploadBlock(each);
  }

  async function uploadBlock({ key, part: number, bytes, isLast }: Block): Promise<void> {
    if (isLast && number === 1) {
      await objects.put(job.bucket, key, bytes, { contentType: 'text/plain' });
      return;
    }
    multipart ??= { key, id: await objects.createMultipart(job.bucket, key, 'text/plain') };
    const isThere =
      (await objects.putPart(job.bucket, key, multipart.id, number, bytes)) &&
      (!isLast || (await objects.completeMultipart(job.bucket, key, multipart.id, { parts: number })));
    if (!isThere) throw new Retryable('staging-gone', 'the upload of a staging object is gone');
    if (isLast) multipart = undefined;
  }

  return {
    append,
    closeChunk: (span) => {
      const staged = { ...span, start: chunkStart ?? position, end: position };
      chunkStart = undefined;
      return staged;
    },
    closeSegment: (span) => {
      const staged = { ...span, start: 0, end: position };
      cutBlock(true);
      segment = span.segment + 1;
      position = 0;
      part = 1;
      before = undefined;
      return staged;
    },
    upload,
    abort: async () => {
      if (multipart !== undefined) await objects.abortMultipart(job.bucket, multipart.key, multipart.id);
      multipart = undefined;
    },
  };
}

const NEWLINE = Buffer.from('\n');
