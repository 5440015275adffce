import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  type Part,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { Fault, InvalidInput } from '../domain/errors.ts';
import type { ObjectRef } from '../domain/job.ts';
import type { ByteRange, ObjectStore } from '../ports.ts';
import { errorName, httpStatus, toLogsieveError, translated } from './errors.ts';

/** Objects in S3. */
export function s3ObjectStore(client: S3Client): ObjectStore {
  return {
    head: (ref) => head(client, ref),
    read: (ref, range) => read(client, ref, range),
    put: (bucket, key, body, options) => put(client, bucket, key, body, options),
    list: (bucket, prefix, after) => list(client, bucket, prefix, after),
    delete: (bucket, key) =>
      translated('delete object', async () => {
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
      }),
    createMultipart: (bucket, key, contentType) => createMultipart(client, bucket, key, contentType),
    putPart: (bucket, key, multipartId, part, body) =>
      unlessGone('put part', async () => {
        const target = { Bucket: bucket, Key: key, UploadId: multipartId, PartNumber: part };
        await client.send(new UploadPartCommand({ ...target, Body: body, ContentLength: body.byteLength }));
      }),
    completeMultipart: (bucket, key, multipartId, expected) =>
      unlessGone('complete multipart upload', () => complete(client, bucket, key, multipartId, expected)),
    abortMultipart: async (bucket, key, multipartId) => {
      await unlessGone('abort multipart upload', async () => {
        await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: multipartId }));
      });
    },
  };
}

async function head(client: S3Client, ref: ObjectRef): ReturnType<ObjectStore['head']> {
  try {
    const found = await client.send(
      new HeadObjectCommand({ Bucket: ref.bucket, Key: ref.key, VersionId: ref.version }),
    );
    return {
      bytes: found.ContentLength ?? 0,
      etag: found.ETag ?? '',
      version: found.VersionId,
      lastModified: found.LastModified ?? new Date(0),
      metadata: found.Metadata ?? {},
    };
  } catch (error) {
    if (httpStatus(error) === 404) return undefined;
    throw toLogsieveError('head object', error);
  }
}

async function read(client: S3Client, ref: ObjectRef, range?: ByteRange): Promise<AsyncIterable<Uint8Array>> {
  if (range !== undefined && range.end <= range.start) return Readable.from([]);
  // A version names the bytes by itself; without one the etag guards against an object written anew under the same key.
  const guard = ref.version === undefined ? { IfMatch: ref.etag } : { VersionId: ref.version };
  const Range = range === undefined ? undefined : `bytes=${range.start}-${range.end - 1}`;
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: ref.bucket, Key: ref.key, Range, ...guard }));
    if (!(Body instanceof Readable)) throw new Fault('no-body', 'read object: no body');
    return chunksOf(Body);
  } catch (error) {
    if (httpStatus(error) === 404)
      throw new InvalidInput('object-missing', `${ref.key} is not there`, { cause: error });
    if (httpStatus(error) === 412)
      throw new InvalidInput('object-changed', `${ref.key} was written anew`, { cause: error });
    throw toLogsieveError('read object', error);
  }
}

/** A connection that breaks in the middle is the reader's to try again. */
async function* chunksOf(body: Readable): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) {
      if (!(chunk instanceof Uint8Array)) throw new Fault('no-bytes', 'read object: not bytes');
      yield chunk;
    }
  } catch (error) {
    throw toLogsieveError('read object', error);
  }
}

async function put(
  client: S3Client,
  bucket: string,
  key: string,
  body: Uint8Array | string,
  options: Parameters<ObjectStore['put']>[3] = {},
): ReturnType<ObjectStore['put']> {
  try {
    const written = await client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentType: options.contentType,
        Metadata: options.metadata,
        IfNoneMatch: options.ifAbsent ? '*' : undefined,
      }),
    );
    return { etag: written.ETag ?? '', version: written.VersionId };
  } catch (error) {
    if (options.ifAbsent && httpStatus(error) === 412) return undefined;
    throw toLogsieveError('put object', error);
  }
}

async function list(client: S3Client, bucket: string, prefix: string, after?: string): ReturnType<ObjectStore['list']> {
  const found = await translated('list objects', () =>
    client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, StartAfter: after, MaxKeys: 1_000 })),
  );
  return (found.Contents ?? []).map(({ Key = '', Size = 0, LastModified = new Date(0) }) => ({
    key: Key,
    bytes: Size,
    lastModified: LastModified,
  }));
}

async function createMultipart(client: S3Client, bucket: string, key: string, contentType: string): Promise<string> {
  const begun = await translated('create multipart upload', () =>
    client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key: key, ContentType: contentType })),
  );
  if (begun.UploadId === undefined) throw new Fault('no-upload-id', 'create multipart upload: no id');
  return begun.UploadId;
}

async function complete(
  client: S3Client,
  bucket: string,
  key: string,
  multipartId: string,
  expected: { parts?: number; bytes?: number } = {},
): Promise<void> {
  const target = { Bucket: bucket, Key: key, UploadId: multipartId };
  const parts = await listParts(client, target);
  const bytes = parts.reduce((sum, { Size = 0 }) => sum + Size, 0);
  if (parts.length === 0 || parts.length !== (expected.parts ?? parts.length) || bytes !== (expected.bytes ?? bytes)) {
    const wanted = `${expected.parts ?? 'some'} parts, ${expected.bytes ?? 'any'} bytes`;
    throw new InvalidInput(
      'upload-incomplete',
      `the upload has ${parts.length} parts, ${bytes} bytes; wanted ${wanted}`,
      {
        status: 409,
      },
    );
  }
  const Parts = parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
  await client.send(new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts } }));
}

async function listParts(
  client: S3Client,
  target: { Bucket: string; Key: string; UploadId: string },
  after?: string,
): Promise<Part[]> {
  const page = await client.send(new ListPartsCommand({ ...target, PartNumberMarker: after }));
  const parts = page.Parts ?? [];
  return page.IsTruncated ? [...parts, ...(await listParts(client, target, page.NextPartNumberMarker))] : parts;
}

async function unlessGone(what: string, call: () => Promise<void>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    if (errorName(error) === 'NoSuchUpload') return false;
    throw toLogsieveError(what, error);
  }
}
