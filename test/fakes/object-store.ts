import { createHash } from 'node:crypto';
import { InvalidInput } from '../../lib/domain/errors.ts';
import type { ObjectRef } from '../../lib/domain/job.ts';
import type { ByteRange, Clock, ObjectStore } from '../../lib/ports.ts';

interface Stored {
  readonly body: Uint8Array;
  readonly etag: string;
  readonly version: string | undefined;
  readonly lastModified: Date;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Objects in memory. Buckets in `versioned` keep every version. */
export function memoryObjectStore(clock: Clock, versioned: readonly string[] = []): ObjectStore {
  const objects = new Map<string, Stored[]>();
  const uploads = new Map<string, Map<number, Uint8Array>>();
  let count = 0;
  const at = (bucket: string, key: string) => `${bucket}/${key}`;
  const find = (ref: ObjectRef) => {
    const versions = objects.get(at(ref.bucket, ref.key)) ?? [];
    return ref.version === undefined ? versions.at(-1) : versions.find(({ version }) => version === ref.version);
  };
  const store = (bucket: string, key: string, body: Uint8Array, metadata: Record<string, string> = {}) => {
    count += 1;
    const version = versioned.includes(bucket) ? `v${count}` : undefined;
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    const kept = version === undefined ? [] : (objects.get(at(bucket, key)) ?? []);
    objects.set(at(bucket, key), [...kept, { body, etag, version, lastModified: clock.now(), metadata }]);
    return { etag, version };
  };

  return {
    head: async (ref) => {
      const found = find(ref);
      if (found === undefined) return undefined;
      const { body, ...info } = found;
      return { ...info, bytes: body.byteLength };
    },
    read: async (ref, range) => {
      const found = find(ref);
      if (found === undefined) throw new InvalidInput('object-missing', `${ref.key} is not there`);
      if (ref.version === undefined && ref.etag !== undefined && ref.etag !== found.etag)
        throw new InvalidInput('object-changed', `${ref.key} was written anew`);
      return inBlocks(found.body, range);
    },
    put: async (bucket, key, body, options = {}) => {
      if (options.ifAbsent && find({ bucket, key }) !== undefined) return undefined;
      return store(bucket, key, typeof body === 'string' ? Buffer.from(body) : Buffer.from(body), options.metadata);
    },
    list: async (bucket, prefix, after = '') =>
      [...objects]
        .map(([path, versions]) => ({ key: path.slice(bucket.length + 1), path, last: versions.at(-1) }))
        .filter(({ path, key }) => path.startsWith(`${bucket}/${prefix}`) && key > after)
        .sort((one, other) => (one.key < other.key ? -1 : 1))
        .slice(0, 1_000)
        .flatMap(({ key, last }) =>
          last === undefined ? [] : [{ key, bytes: last.body.byteLength, lastModified: last.lastModified }],
        ),
    delete: async (bucket, key) => {
      objects.delete(at(bucket, key));
    },
    createMultipart: async () => {
      count += 1;
      uploads.set(`upload-${count}`, new Map());
      return `upload-${count}`;
    },
    putPart: async (_bucket, _key, multipartId, part, body) =>
      uploads.get(multipartId)?.set(part, Buffer.from(body)) !== undefined,
    completeMultipart: async (bucket, key, multipartId, expected = {}) => {
      const parts = uploads.get(multipartId);
      if (parts === undefined) return false;
      const body = Buffer.concat([...parts].sort(([one], [other]) => one - other).map(([, bytes]) => bytes));
      const wanted = { parts: expected.parts ?? parts.size, bytes: expected.bytes ?? body.byteLength };
      if (parts.size === 0 || parts.size !== wanted.parts || body.byteLength !== wanted.bytes)
        throw new InvalidInput('upload-incomplete', 'the parts are not as expected', { status: 409 });
      uploads.delete(multipartId);
      store(bucket, key, body);
      return true;
    },
    abortMultipart: async (_bucket, _key, multipartId) => {
      uploads.delete(multipartId);
    },
  };
}

/** Small blocks, so that what reads them meets record boundaries inside and between blocks. */
async function* inBlocks(body: Uint8Array, range?: ByteRange): AsyncGenerator<Uint8Array> {
  const bytes = range === undefined ? body : body.subarray(range.start, range.end);
  for (let start = 0; start < bytes.byteLength; start += 1_000) yield bytes.subarray(start, start + 1_000);
}
