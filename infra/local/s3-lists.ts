import type { StoredObject } from './object-table.ts';
import type { Objects } from './objects.ts';
import { element, xmlDocument } from './s3-error.ts';

export function listBuckets(objects: Objects): string {
  const buckets = objects
    .bucketNames()
    .map((name) => `<Bucket>${element('Name', name)}${element('CreationDate', new Date(0).toISOString())}</Bucket>`);
  return xmlDocument(
    'ListAllMyBucketsResult',
    '<Owner><ID>local</ID></Owner>',
    `<Buckets>${buckets.join('')}</Buckets>`,
  );
}

/** ListObjectsV2. A continuation token is the last key seen; it is base64 only so that nobody relies on it. */
export function listObjects(objects: Objects, bucket: string, query: URLSearchParams): string {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const token = query.get('continuation-token');
  const after = token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString();
  const limit = Math.min(Math.max(Number(query.get('max-keys') ?? 1000) || 0, 0), 1000);
  const encode = query.get('encoding-type') === 'url' ? encodeURIComponent : (text: string) => text;

  const { found, prefixes, last, more } = collect(objects, bucket, { prefix, delimiter, after, limit });
  const contents = found.map(
    ({ key, modifiedMs, etag, bytes }) =>
      `<Contents>${element('Key', encode(key))}${element('LastModified', new Date(modifiedMs).toISOString())}${element('ETag', etag)}${element('Size', bytes)}<StorageClass>STANDARD</StorageClass></Contents>`,
  );
  return xmlDocument(
    'ListBucketResult',
    element('Name', bucket),
    element('Prefix', encode(prefix)),
    element('KeyCount', found.length + prefixes.length),
    element('MaxKeys', limit),
    element('IsTruncated', more),
    ...(query.has('encoding-type') ? [element('EncodingType', 'url')] : []),
    ...(more ? [element('NextContinuationToken', Buffer.from(last).toString('base64url'))] : []),
    ...contents,
    ...prefixes.map((common) => `<CommonPrefixes>${element('Prefix', encode(common))}</CommonPrefixes>`),
  );
}

interface Wanted {
  readonly prefix: string;
  readonly delimiter: string;
  readonly after: string;
  readonly limit: number;
}

function collect(objects: Objects, bucket: string, { prefix, delimiter, after, limit }: Wanted) {
  const found: StoredObject[] = [];
  const prefixes: string[] = [];
  let last = after;
  while (found.length + prefixes.length < limit) {
    const batch = objects.list(bucket, last, prefix, 1000);
    for (const object of batch) {
      if (!object.key.startsWith(prefix)) return { found, prefixes, last, more: false };
      if (found.length + prefixes.length === limit) return { found, prefixes, last, more: true };
      const cut = delimiter === '' ? -1 : object.key.indexOf(delimiter, prefix.length);
      const common = cut < 0 ? undefined : object.key.slice(0, cut + delimiter.length);
      if (common === undefined) found.push(object);
      else if (common !== prefixes.at(-1) && !after.startsWith(common)) prefixes.push(common);
      last = object.key;
    }
    if (batch.length < 1000) return { found, prefixes, last, more: false };
  }
  const [next] = objects.list(bucket, last, prefix, 1);
  return { found, prefixes, last, more: limit > 0 && next?.key.startsWith(prefix) === true };
}

export function listParts(objects: Objects, bucket: string, key: string, query: URLSearchParams): string {
  const id = query.get('uploadId') ?? '';
  const after = Number(query.get('part-number-marker') ?? 0);
  const limit = Math.min(Number(query.get('max-parts') ?? 1000), 1000);
  const parts = objects.parts(bucket, key, id).filter(({ number }) => number > after);
  const shown = parts.slice(0, limit);
  const rows = shown.map(
    ({ number, md5, bytes, modifiedMs }) =>
      `<Part>${element('PartNumber', number)}${element('LastModified', new Date(modifiedMs).toISOString())}${element('ETag', `"${md5}"`)}${element('Size', bytes)}</Part>`,
  );
  return xmlDocument(
    'ListPartsResult',
    element('Bucket', bucket),
    element('Key', key),
    element('UploadId', id),
    element('MaxParts', limit),
    element('IsTruncated', parts.length > shown.length),
    element('NextPartNumberMarker', shown.at(-1)?.number ?? 0),
    ...rows,
  );
}

export function listUploads(objects: Objects, bucket: string): string {
  const uploads = objects
    .uploads(bucket)
    .map(
      ({ id, key, initiatedMs }) =>
        `<Upload>${element('Key', key)}${element('UploadId', id)}${element('Initiated', new Date(initiatedMs).toISOString())}</Upload>`,
    );
  return xmlDocument(
    'ListMultipartUploadsResult',
    element('Bucket', bucket),
    element('IsTruncated', false),
    ...uploads,
  );
}

/** DeleteObjects: the keys named in the XML are gone afterwards, whether they were there or not. */
export function deleteKeys(objects: Objects, bucket: string, xml: string): string {
  const keys = [...xml.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => unescapeXml(key));
  for (const key of keys) objects.remove(bucket, key);
  return xmlDocument('DeleteResult', ...keys.map((key) => `<Deleted>${element('Key', key)}</Deleted>`));
}

const unescapeXml = (text: string) =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
