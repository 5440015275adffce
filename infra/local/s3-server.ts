import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Objects } from './objects.ts';
import { readSmallBody, receiveBody } from './s3-body.ts';
import { element, noSuchKey, notImplemented, S3Error, xmlDocument } from './s3-error.ts';
import { deleteKeys, listBuckets, listObjects, listParts, listUploads } from './s3-lists.ts';
import { checkSignature } from './signature.ts';

export interface S3Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly objects: Objects;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
}

/** Query names that choose a subresource, and that we do not have. Answering as if they were not there would be worse than refusing. */
const unsupported = [
  'acl',
  'attributes',
  'cors',
  'legal-hold',
  'lifecycle',
  'notification',
  'partNumber',
  'policy',
  'renameObject',
  'restore',
  'retention',
  'select',
  'tagging',
  'torrent',
  'versionId',
  'versions',
  'website',
] as const;

/** Serves S3's REST protocol (path style) on `objects`. A request may go unsigned, so that `curl -T` is enough; a signature that is there must hold. */
export async function serveS3(objects: Objects, request: IncomingMessage, response: ServerResponse, now: () => number) {
  try {
    // Not by URL, which would take `..` out of a key.
    const [path = '/', search = ''] = (request.url ?? '/').split('?', 2);
    const query = new URLSearchParams(search);
    checkSignature({ method: request.method ?? '', path, query, headers: request.headers }, now());
    const [, bucket = '', ...rest] = path.split('/');
    await route({ request, response, objects, bucket, key: decodeKey(rest.join('/')), query });
  } catch (error) {
    replyError(request, response, error);
  }
}

function decodeKey(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new S3Error(400, 'InvalidURI', 'The key is not UTF-8, percent-encoded.');
  }
}

async function route(call: S3Call): Promise<void> {
  const { request, objects, bucket, key, query } = call;
  const { method } = request;
  const multipart = query.has('uploadId') && key !== '';
  for (const name of unsupported) {
    if (query.has(name) && !(name === 'partNumber' && multipart && method === 'PUT')) throw notImplemented(`?${name}`);
  }
  if (request.headers['x-amz-copy-source'] !== undefined) throw notImplemented('copies');
  if (bucket === '' && method === 'GET') return replyXml(call, listBuckets(objects));
  if (!objects.hasBucket(bucket)) throw new S3Error(404, 'NoSuchBucket', 'The specified bucket does not exist.');
  if (Buffer.byteLength(key) > 1024) throw new S3Error(400, 'KeyTooLongError', 'A key has at most 1,024 bytes.');

  const target = key === '' ? 'bucket' : multipart ? 'upload' : 'object';
  switch (`${method} ${target}`) {
    case 'PUT bucket':
      throw new S3Error(409, 'BucketAlreadyOwnedByYou', 'Buckets are made by the topology.');
    case 'HEAD bucket':
      return void call.response.end();
    case 'GET bucket':
      return replyXml(call, bucketList(call));
    case 'POST bucket':
      if (!query.has('delete')) throw notImplemented('form uploads');
      return replyXml(call, deleteKeys(objects, bucket, await readSmallBody(request)));
    case 'PUT object':
      return putObject(call);
    case 'GET object':
    case 'HEAD object':
      return getObject(call);
    case 'DELETE object':
      objects.remove(bucket, key);
      return reply(call, 204);
    case 'POST object':
      if (!query.has('uploads')) throw notImplemented('this');
      return createUpload(call);
    case 'PUT upload':
      return putPart(call);
    case 'GET upload':
      return replyXml(call, listParts(objects, bucket, key, query));
    case 'POST upload':
      return completeUpload(call);
    case 'DELETE upload':
      objects.abortUpload(bucket, key, uploadId(query));
      return reply(call, 204);
    default:
      throw new S3Error(405, 'MethodNotAllowed', 'The method is not allowed here.');
  }
}

function bucketList({ objects, bucket, query }: S3Call): string {
  if (query.has('location')) return xmlDocument('LocationConstraint');
  return query.has('uploads') ? listUploads(objects, bucket) : listObjects(objects, bucket, query);
}

async function putObject(call: S3Call): Promise<void> {
  const { request, objects, bucket, key } = call;
  const ifAbsent = wantsAbsent(request);
  if (ifAbsent && objects.find(bucket, key) !== undefined)
    throw new S3Error(412, 'PreconditionFailed', 'The object is there already.');
  const body = await receiveBody(objects, request);
  const stored = objects.put({ bucket, key, headers: keptHeaders(request), ifAbsent }, body);
  reply(call, 200, { etag: stored.etag });
}

/** `If-None-Match: *` is the only condition S3 takes on a write. */
function wantsAbsent({ headers }: IncomingMessage): boolean {
  if (headers['if-match'] !== undefined) throw notImplemented('If-Match on a write');
  if (headers['if-none-match'] === undefined) return false;
  if (headers['if-none-match'] !== '*') throw notImplemented('If-None-Match with an ETag on a write');
  return true;
}

const keptNames = new Set([
  'content-type',
  'content-disposition',
  'content-language',
  'cache-control',
  'content-encoding',
  'expires',
]);

function keptHeaders({ headers }: IncomingMessage): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value !== 'string') continue;
    if (keptNames.has(name)) kept[name] = value;
    else if (name.startsWith('x-amz-meta-')) kept[name] = asciiMetadata(value);
  }
  const encoding = kept['content-encoding']
    ?.split(',')
    .map((part) => part.trim())
    .filter((part) => part !== 'aws-chunked')
    .join(', ');
  delete kept['content-encoding'];
  return { 'content-type': 'binary/octet-stream', ...kept, ...(encoding ? { 'content-encoding': encoding } : {}) };
}

/** Metadata that is not ASCII comes back as an RFC 2047 word. Node reads a header's bytes as Latin-1; clients send UTF-8. */
function asciiMetadata(value: string): string {
  if (/^[\t -~]*$/.test(value)) return value;
  return `=?UTF-8?B?${Buffer.from(value, 'latin1').toString('base64')}?=`;
}

async function getObject(call: S3Call): Promise<void> {
  const { request, response, objects, bucket, key, query } = call;
  const object = objects.find(bucket, key);
  if (object === undefined) throw noSuchKey();
  const headers: Record<string, string> = {
    ...object.headers,
    etag: object.etag,
    'last-modified': new Date(object.modifiedMs).toUTCString(),
    'accept-ranges': 'bytes',
  };
  for (const [name, value] of query) if (name.startsWith('response-')) headers[name.slice('response-'.length)] = value;
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch, range } = request.headers;
  if (ifMatch !== undefined && ifMatch !== '*' && bare(ifMatch) !== bare(object.etag)) {
    throw new S3Error(412, 'PreconditionFailed', 'The object has another ETag.');
  }
  if (ifNoneMatch !== undefined && bare(ifNoneMatch) === bare(object.etag)) return reply(call, 304, headers);

  const { start, end } = range === undefined ? { start: 0, end: object.bytes } : readRange(range, object.bytes);
  if (range !== undefined) headers['content-range'] = `bytes ${start}-${end - 1}/${object.bytes}`;
  headers['content-length'] = String(end - start);
  response.writeHead(range === undefined ? 200 : 206, headers);
  if (request.method === 'HEAD') return void response.end();
  await pipeline(objects.read(object, start, end), response);
}

const bare = (etag: string) => etag.replaceAll('"', '');

/** `bytes=a-b`, `bytes=a-`, `bytes=-n`; end exclusive. */
function readRange(range: string, bytes: number): { start: number; end: number } {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
  const start = from === '' ? Math.max(bytes - Number(to), 0) : Number(from);
  const end = from === '' || to === '' ? bytes : Math.min(Number(to) + 1, bytes);
  if ((from === '' && to === '') || start >= end)
    throw new S3Error(416, 'InvalidRange', 'The requested range is not satisfiable');
  return { start, end };
}

async function createUpload(call: S3Call): Promise<void> {
  const { request, objects, bucket, key } = call;
  const id = objects.createUpload(bucket, key, keptHeaders(request));
  const inner = [element('Bucket', bucket), element('Key', key), element('UploadId', id)];
  replyXml(call, xmlDocument('InitiateMultipartUploadResult', ...inner));
}

async function putPart(call: S3Call): Promise<void> {
  const { request, objects, bucket, key, query } = call;
  const number = Number(query.get('partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > 10_000) {
    throw new S3Error(400, 'InvalidArgument', 'A part number is 1 to 10,000.');
  }
  objects.parts(bucket, key, uploadId(query));
  const body = await receiveBody(objects, request);
  reply(call, 200, { etag: objects.putPart(bucket, key, uploadId(query), number, body) });
}

async function completeUpload(call: S3Call): Promise<void> {
  const { request, objects, bucket, key, query } = call;
  const text = await readSmallBody(request);
  const wanted = text
    .split('</Part>')
    .slice(0, -1)
    .map((part) => ({
      number: Number(/<PartNumber>(\d+)</.exec(part)?.[1]),
      etag: bare((/<ETag>([^<]*)</.exec(part)?.[1] ?? '').replaceAll('&quot;', '')),
    }));
  const stored = objects.completeUpload(bucket, key, uploadId(query), wanted, wantsAbsent(request));
  const inner = [element('Bucket', bucket), element('Key', key), element('ETag', stored.etag)];
  replyXml(call, xmlDocument('CompleteMultipartUploadResult', ...inner));
}

const uploadId = (query: URLSearchParams) => query.get('uploadId') ?? '';

function reply({ response }: S3Call, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, headers).end();
}

function replyXml({ response }: S3Call, xml: string): void {
  response.writeHead(200, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(xml) }).end(xml);
}

function replyError(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  // A client that has gone away hears nothing, and is no fault of ours.
  if (response.headersSent || request.socket.destroyed) return void response.destroy();
  const { status, code, message } =
    error instanceof S3Error
      ? error
      : { status: 500, code: 'InternalError', message: 'The laptop S3 failed; see its log.' };
  if (!(error instanceof S3Error)) console.error('s3:', error);
  const xml = xmlDocument('Error', element('Code', code), element('Message', message));
  response.writeHead(status, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(xml) });
  // What is left of a body that was refused would stand before the next request.
  request.resume();
  response.end(request.method === 'HEAD' ? undefined : xml);
}
