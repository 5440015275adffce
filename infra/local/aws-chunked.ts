import { S3Error } from './s3-error.ts';

const newline = Buffer.from('\r\n');
/** Longer than any size line or trailer an SDK sends; a body that is not aws-chunked must not be collected whole. */
const maxLineBytes = 4096;

/**
 * Takes `aws-chunked` framing off a body: `<hex size>[;chunk-signature=...]\r\n<bytes>\r\n ... 0\r\n<trailers>\r\n\r\n`.
 * Trailers (an SDK puts the body's checksum there) are added to `trailers`, names in lower case.
 */
export async function* decodeAwsChunked(
  body: AsyncIterable<Uint8Array>,
  trailers: Record<string, string>,
): AsyncGenerator<Uint8Array> {
  let held: Buffer = Buffer.alloc(0);
  let left = 0;
  let state: 'size' | 'data' | 'data-end' | 'trailer' = 'size';
  for await (const chunk of body) {
    held = held.byteLength === 0 ? Buffer.from(chunk) : Buffer.concat([held, chunk]);
    while (held.byteLength > 0) {
      if (state === 'data') {
        const piece = held.subarray(0, left);
        left -= piece.byteLength;
        held = held.subarray(piece.byteLength);
        yield piece;
        if (left === 0) state = 'data-end';
        continue;
      }
      const end = held.indexOf(newline);
      if (end < 0) {
        if (held.byteLength > maxLineBytes) throw malformed();
        break;
      }
      const line = held.subarray(0, end).toString('latin1');
      held = held.subarray(end + newline.byteLength);
      if (state === 'trailer') addTrailer(trailers, line);
      else if (state === 'data-end') state = 'size';
      else {
        left = chunkSize(line);
        state = left === 0 ? 'trailer' : 'data';
      }
    }
  }
  if (state !== 'trailer') throw malformed();
}

function chunkSize(line: string): number {
  const [size = ''] = line.split(';', 1);
  if (!/^[0-9a-fA-F]{1,8}$/.test(size)) throw malformed();
  return Number.parseInt(size, 16);
}

function addTrailer(trailers: Record<string, string>, line: string): void {
  const colon = line.indexOf(':');
  if (colon > 0) trailers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
}

const malformed = () => new S3Error(400, 'IncompleteBody', 'The body is not whole aws-chunked framing.');
