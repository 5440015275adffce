import type { Checkpoint } from '../domain/chunk.ts';
import { InvalidInput } from '../domain/errors.ts';
import type { Pins } from '../domain/job.ts';
import { LIMITS } from '../domain/limits.ts';
import { KEPT_BYTES } from './row-reader.ts';
import type { ScannedRecord } from './scan-records.ts';

/** A run of whole records: byte offsets in the source (inflated), and where its first record stands. */
export interface Span {
  readonly segment: number;
  readonly start: number;
  readonly end: number;
  readonly records: number;
  readonly firstRow: number;
  readonly firstLine: number;
}
export type ChunkSpan = Span & { readonly chunk: number };
export type SegmentSpan = Span & { readonly chunks: number };
export interface Totals {
  readonly segments: number;
  readonly chunks: number;
  readonly records: number;
}

export interface ChunkCutter {
  add(record: ScannedRecord): void;
  /** Closes what is open. A source without records has one empty segment. */
  end(): Totals;
  /** Where the last closed chunk ended; going on from there gives the same chunks. */
  checkpoint(): Checkpoint;
}

/** Bytes each record adds to the results whatever its length: our columns. */
const RECORD_WEIGHT = 64;
/** Segments double after so many, so that a source of any size needs few enough: S3 takes 10,000 parts. */
const SEGMENTS_PER_SIZE = 1_250;

/** The weight at which a segment closes: what its part of the results will have at least, which S3 wants over 5 MiB. */
export function segmentTarget(pins: Pins, segment: number): number {
  return pins.segmentBytes * 2 ** Math.floor(segment / SEGMENTS_PER_SIZE);
}

export function startOfSource(offset: number, line: number): Checkpoint {
  return {
    ...{ offset, row: 1, line, segment: 0, chunk: 0, chunks: 0 },
    ...{ segmentStart: offset, segmentFirstRow: 1, segmentFirstLine: line, segmentRecords: 0, segmentWeight: 0 },
  };
}

/**
 * Cuts a source's records into chunks and segments, by the records alone: whoever starts again at a checkpoint, or at
 * the beginning, gets the same numbers and ranges. A chunk or segment closes when the next record comes, so `onSegment`
 * is never said of the last one before `end`.
 */
export function createChunkCutter(
  pins: Pins,
  from: Checkpoint,
  on: { chunk(span: ChunkSpan): void; segment(span: SegmentSpan): void },
): ChunkCutter {
  let state = from;
  let segmentEnd = from.offset;
  let open: { start: number; end: number; records: number; weight: number; line: number } | undefined;
  let next = from.offset;
  let nextLine = from.line;

  function add(record: ScannedRecord): void {
    const start = record.offset;
    // Of a line over the limit its kept bytes: as much as a reader of the chunk needs to reject it too.
    const end = start + record.to - record.from;
    if (open !== undefined && (open.records >= pins.chunkRecords || end - open.start > pins.chunkBytes)) {
      closeChunk();
      if (state.segmentWeight >= segmentTarget(pins, state.segment)) closeSegment();
    }
    open ??= { start, end, records: 0, weight: 0, line: record.line };
    open.end = record.rejection === 'over-limit' ? end : record.next;
    open.records++;
    const kept = record.rejection === undefined ? end - start : Math.min(end - start, KEPT_BYTES);
    open.weight += kept + RECORD_WEIGHT;
    next = record.next;
    nextLine = record.nextLine;
  }

  function closeChunk(): void {
    if (open === undefined) return;
    const { start, end, records, weight, line } = open;
    const { segment, chunk, row } = state;
    on.chunk({ segment, chunk, start, end, records, firstRow: row, firstLine: line });
    const isFirst = chunk === 0;
    segmentEnd = end;
    state = {
      ...{ offset: next, row: row + records, line: nextLine, segment, chunk: chunk + 1, chunks: state.chunks + 1 },
      segmentStart: isFirst ? start : state.segmentStart,
      segmentFirstRow: isFirst ? row : state.segmentFirstRow,
      segmentFirstLine: isFirst ? line : state.segmentFirstLine,
      segmentRecords: state.segmentRecords + records,
      segmentWeight: state.segmentWeight + weight,
    };
    open = undefined;
  }

  function closeSegment(): void {
    const { segment, chunk, segmentStart, segmentRecords, segmentFirstRow, segmentFirstLine, ...rest } = state;
    const place = { start: segmentStart, end: segmentEnd, firstRow: segmentFirstRow, firstLine: segmentFirstLine };
    on.segment({ segment, ...place, chunks: chunk, records: segmentRecords });
    if (segment + 1 > LIMITS.segments) {
      throw new InvalidInput(
        'too-many-records',
        `The source has more records than ${LIMITS.segments} segments hold; send it in parts.`,
      );
    }
    state = {
      ...startOfSource(rest.offset, rest.line),
      ...{ row: rest.row, segment: segment + 1, chunks: rest.chunks },
    };
  }

  function end(): Totals {
    closeChunk();
    if (state.chunk > 0 || state.segment === 0) closeSegment();
    return { segments: state.segment, chunks: state.chunks, records: state.row - 1 };
  }

  return { add, end, checkpoint: () => state };
}
