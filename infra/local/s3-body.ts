import type { IncomingMessage } from 'node:http';
import { decodeAwsChunked } from './aws-chunked.ts';
import type { Objects, ReceivedBody } from './objects.ts';
import { S3Error } from './s3-error.ts';

/** A DeleteObjects of 1,000 keys or a CompleteMultipartUpload of 10,000 parts fits in this. */
const maxSmallBytes = 2 * 1024 * 1024;

/** A body that is read whole: the XML of a bulk delete or of completing a multipart upload. */
export async function readSmallBody(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += chunk.byteLength;
    if (bytes > maxSmallBytes) throw new S3Error(413, 'EntityTooLarge', 'The body is too large for this request.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Streams an object's or a part's body into a file, takes SDK framing off it, and checks the length and checksums it came with. */
export async function receiveBody(objects: Objects, request: IncomingMessage): Promise<ReceivedBody> {
  const { headers } = request;
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
    throw new S3Error(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
  }
  const trailers: Record<string, string> = {};
  const framed =
    headers['content-encoding']?.includes('aws-chunked') === true ||
    String(headers['x-amz-content-sha256']).startsWith('STREAMING-');
  const body = await objects.receive(framed ? decodeAwsChunked(request, trailers) : request);
  const problem = checkBody(body, { ...headers, ...trailers });
  if (problem === undefined) return body;
  await objects.discard(body);
  throw problem;
}

function checkBody(
  body: ReceivedBody,
  said: Readonly<Record<string, string | string[] | undefined>>,
): S3Error | undefined {
  const { 'x-amz-decoded-content-length': bytes, 'content-md5': md5, 'x-amz-checksum-crc32': crc32 } = said;
  if (bytes !== undefined && Number(bytes) !== body.bytes) {
    return new S3Error(400, 'IncompleteBody', `The body has ${body.bytes} bytes, not ${bytes}.`);
  }
  if (md5 !== undefined && md5 !== Buffer.from(body.md5, 'hex').toString('base64')) {
    return new S3Error(400, 'BadDigest', 'The Content-MD5 is not that of the body.');
  }
  if (crc32 !== undefined && crc32 !== body.crc32)
    return new S3Error(400, 'BadDigest', 'The CRC32 is not that of the body.');
  return undefined;
}
