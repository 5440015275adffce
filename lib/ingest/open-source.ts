import { InvalidInput } from '../domain/errors.ts';
import type { Job } from '../domain/job.ts';
import type { ByteRange } from '../ports.ts';
import { type DetectedLayout, detectLayout, HEAD_BYTES } from './detect-layout.ts';
import { inflate, inflatedLimit, isGzip } from './inflate.ts';

/** Something to read from: an object in a bucket, a file. */
export interface SourceBytes {
  readonly name: string;
  readonly bytes: number;
  read(range: ByteRange): Promise<AsyncIterable<Uint8Array>>;
}

export interface OpenedSource extends DetectedLayout {
  readonly isGzip: boolean;
  /** The content from an offset on; of a gzip the inflated content, inflated again from its beginning. */
  read(offset: number): Promise<AsyncIterable<Uint8Array>>;
}

/** Looks at a source's first bytes and says how it is read. Throws what `detectLayout` throws, `empty-file` and `not-gzip`. */
export async function openSource(source: SourceBytes, wanted: Job['wanted']): Promise<OpenedSource> {
  const { name, bytes } = source;
  if (bytes === 0) throw new InvalidInput('empty-file', 'The file is empty.');
  const first = await takeHead(await source.read({ start: 0, end: Math.min(bytes, HEAD_BYTES + 1) }));
  if (isGzip(first.head)) {
    const readAll = async () => inflate(await source.read({ start: 0, end: bytes }), inflatedLimit(bytes));
    const inflated = await takeHead(await readAll());
    const detected = detectLayout({ name, wanted, ...inflated });
    return { ...detected, isGzip: true, read: async (offset) => skip(await readAll(), offset) };
  }
  if (/\.gz$/i.test(name)) throw new InvalidInput('not-gzip', 'The file is named .gz and is not gzip.');
  const detected = detectLayout({ name, wanted, ...first });
  return { ...detected, isGzip: false, read: (offset) => source.read({ start: offset, end: bytes }) };
}

/** The first HEAD_BYTES; `whole` when there are no more. */
async function takeHead(bytes: AsyncIterable<Uint8Array>): Promise<{ head: Uint8Array; whole: boolean }> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of bytes) {
    parts.push(part);
    length += part.length;
    if (length > HEAD_BYTES) break;
  }
  return { head: Buffer.concat(parts).subarray(0, HEAD_BYTES), whole: length <= HEAD_BYTES };
}

async function* skip(bytes: AsyncIterable<Uint8Array>, offset: number): AsyncGenerator<Uint8Array> {
  let left = offset;
  for await (const part of bytes) {
    const passed = Math.min(left, part.length);
    left -= passed;
    // Also where nothing is left of it, so that the reader gets to look at the clock.
    yield part.subarray(passed);
  }
}
