import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import type { BucketTopology } from '../topology.ts';
import { openObjectTable, type Piece, type StoredObject, type StoredUpload } from './object-table.ts';
import { noSuchUpload, S3Error } from './s3-error.ts';

/** A body that has been written to a file and hashed, and belongs to nothing yet. */
export interface ReceivedBody extends Piece {
  readonly md5: string;
  readonly crc32: string;
}

interface NewObject {
  readonly bucket: string;
  readonly key: string;
  readonly headers: Record<string, string>;
  readonly ifAbsent: boolean;
}

export type Objects = ReturnType<typeof openObjects>;

const dayMs = 24 * 60 * 60 * 1000;
/** S3 wants every part but the last to be this long. */
const minimumPartBytes = 5 * 1024 * 1024;

/**
 * Objects in a folder: what there is in SQLite, bytes in files of their own, so that a body of any size is streamed in
 * and a range is read without the rest. A write becomes visible in one step and survives the process being killed.
 * `onCreated` is called for each object made; it is called again at the next start for one it did not return from.
 */
export function openObjects(options: {
  folder: string;
  buckets: Readonly<Record<string, BucketTopology>>;
  now: () => number;
  onCreated: (object: StoredObject, by: 'Put' | 'CompleteMultipartUpload') => void;
}) {
  const { folder, now } = options;
  const files = join(folder, 'files');
  mkdirSync(files, { recursive: true });
  const table = openObjectTable(folder);
  let counter = 0;

  const removeFiles = (pieces: readonly Piece[]) =>
    Promise.all(pieces.map(({ file }) => rm(join(files, file), { force: true })));

  /** Orders the writes of a key: milliseconds, then a count within this process. */
  const nextSequencer = () => {
    counter = (counter + 1) % 0x10000;
    return `${now().toString(16).padStart(12, '0')}${counter.toString(16).padStart(4, '0')}`.toUpperCase();
  };

  function put(object: NewObject, pieces: readonly Piece[], etag: string, by: 'Put' | 'CompleteMultipartUpload') {
    const before = table.object(object.bucket, object.key);
    if (object.ifAbsent && before !== undefined) {
      throw new S3Error(412, 'PreconditionFailed', 'The object is there already and If-None-Match: * was asked for.');
    }
    const { bucket, key, headers } = object;
    const bytes = pieces.reduce((sum, piece) => sum + piece.bytes, 0);
    const stored = {
      bucket,
      key,
      bytes,
      etag,
      modifiedMs: now(),
      sequencer: nextSequencer(),
      headers,
      pieces: [...pieces],
    };
    table.put(stored);
    if (before !== undefined) void removeFiles(before.pieces);
    tell(stored, by);
    return stored;
  }

  function tell(object: StoredObject, by: 'Put' | 'CompleteMultipartUpload'): void {
    options.onCreated(object, by);
    table.told(object);
  }

  /** What the buckets' lifecycle rules would have deleted by now, and files that a killed process left behind. */
  function tidy(): void {
    for (const [bucket, { abortMultipartDays, expireDays }] of Object.entries(options.buckets)) {
      const stale = table.uploads(bucket).filter(({ initiatedMs }) => initiatedMs < now() - abortMultipartDays * dayMs);
      for (const { id } of stale) table.removeUpload(id);
      const expired = expireDays === undefined ? [] : table.olderThan(bucket, now() - expireDays * dayMs);
      for (const { key } of expired) table.remove(bucket, key);
    }
    const known = table.files();
    for (const file of readdirSync(files)) if (!known.has(file)) rmSync(join(files, file), { force: true });
  }

  function openUpload(bucket: string, key: string, id: string): StoredUpload {
    const upload = table.upload(id);
    if (upload === undefined || upload.bucket !== bucket || upload.key !== key) throw noSuchUpload();
    return upload;
  }

  tidy();
  return {
    hasBucket: (bucket: string) => Object.hasOwn(options.buckets, bucket),
    bucketNames: () => Object.keys(options.buckets),
    find: table.object,
    list: table.objects,

    /** Tells again what the last process could not. */
    tellUntold(): void {
      for (const object of table.untold()) tell(object, object.pieces.length > 1 ? 'CompleteMultipartUpload' : 'Put');
    },

    /** Streams a body into a file; a body that breaks off leaves nothing. */
    async receive(body: AsyncIterable<Uint8Array>): Promise<ReceivedBody> {
      const file = randomUUID();
      const md5 = createHash('md5');
      let sum = 0;
      let bytes = 0;
      async function* measured() {
        for await (const chunk of body) {
          md5.update(chunk);
          sum = crc32(chunk, sum);
          bytes += chunk.byteLength;
          yield chunk;
        }
      }
      try {
        await pipeline(measured, createWriteStream(join(files, file)));
      } catch (error) {
        await rm(join(files, file), { force: true });
        throw error;
      }
      const crc = Buffer.alloc(4);
      crc.writeUInt32BE(sum);
      return { file, bytes, md5: md5.digest('hex'), crc32: crc.toString('base64') };
    },
    discard: (body: Piece) => removeFiles([body]),

    put: (object: NewObject, { file, bytes, md5 }: ReceivedBody) => put(object, [{ file, bytes }], `"${md5}"`, 'Put'),

    /** Bytes `start` to `end` (exclusive) of an object, as they lie on the disk. */
    async *read({ pieces }: StoredObject, start: number, end: number): AsyncGenerator<Uint8Array> {
      let offset = 0;
      for (const { file, bytes } of pieces) {
        const from = Math.max(start - offset, 0);
        const to = Math.min(end - offset, bytes);
        if (from < to)
          yield* createReadStream(join(files, file), { start: from, end: to - 1, highWaterMark: 256 * 1024 });
        offset += bytes;
      }
    },

    remove(bucket: string, key: string): void {
      const before = table.object(bucket, key);
      table.remove(bucket, key);
      if (before !== undefined) void removeFiles(before.pieces);
    },

    createUpload(bucket: string, key: string, headers: Record<string, string>): string {
      const id = randomUUID();
      table.putUpload({ id, bucket, key, initiatedMs: now(), headers });
      return id;
    },
    uploads: table.uploads,
    parts(bucket: string, key: string, id: string) {
      openUpload(bucket, key, id);
      return table.parts(id);
    },
    putPart(bucket: string, key: string, id: string, number: number, { file, bytes, md5 }: ReceivedBody): string {
      openUpload(bucket, key, id);
      const before = table.parts(id).find((part) => part.number === number);
      table.putPart(id, { number, file, bytes, md5, modifiedMs: now() });
      if (before !== undefined) void removeFiles([before]);
      return `"${md5}"`;
    },
    abortUpload(bucket: string, key: string, id: string): void {
      openUpload(bucket, key, id);
      const parts = table.parts(id);
      table.removeUpload(id);
      void removeFiles(parts);
    },
    completeUpload(
      bucket: string,
      key: string,
      id: string,
      wanted: readonly { number: number; etag: string }[],
      ifAbsent: boolean,
    ): StoredObject {
      const upload = openUpload(bucket, key, id);
      const parts = table.parts(id);
      const chosen = wanted.map(({ number, etag }, index) => {
        const part = parts.find((candidate) => candidate.number === number && candidate.md5 === etag);
        if (part === undefined)
          throw new S3Error(400, 'InvalidPart', `Part ${number} was not uploaded, or its ETag differs.`);
        const previous = wanted[index - 1];
        if (previous !== undefined && previous.number >= number) {
          throw new S3Error(400, 'InvalidPartOrder', 'The parts are not in ascending order.');
        }
        if (index < wanted.length - 1 && part.bytes < minimumPartBytes) {
          throw new S3Error(400, 'EntityTooSmall', `Part ${number} is under 5 MiB and not the last one.`);
        }
        return part;
      });
      if (chosen.length === 0) throw new S3Error(400, 'MalformedXML', 'No parts were named.');
      const digests = Buffer.concat(chosen.map(({ md5 }) => Buffer.from(md5, 'hex')));
      const etag = `"${createHash('md5').update(digests).digest('hex')}-${chosen.length}"`;
      const pieces = chosen.map(({ file, bytes }) => ({ file, bytes }));
      const stored = table.together(() => {
        table.removeUpload(id);
        return put({ bucket, key, headers: upload.headers, ifAbsent }, pieces, etag, 'CompleteMultipartUpload');
      });
      void removeFiles(parts.filter((part) => !chosen.includes(part)));
      return stored;
    },
    close: table.close,
  };
}
