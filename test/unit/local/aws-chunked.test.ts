import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeAwsChunked } from '../../../infra/local/aws-chunked.ts';

async function decode(pieces: readonly Uint8Array[]) {
  const trailers: Record<string, string> = {};
  const body = (async function* () {
    yield* pieces;
  })();
  const chunks: Uint8Array[] = [];
  for await (const chunk of decodeAwsChunked(body, trailers)) chunks.push(Buffer.from(chunk));
  return { bytes: Buffer.concat(chunks), trailers };
}

const frame = (chunks: readonly Uint8Array[], signed: boolean) =>
  Buffer.concat([
    ...chunks.map((chunk) => {
      const extension = signed ? ';chunk-signature=0123456789abcdef' : '';
      return Buffer.concat([
        Buffer.from(`${chunk.byteLength.toString(16)}${extension}\r\n`),
        chunk,
        Buffer.from('\r\n'),
      ]);
    }),
    Buffer.from('0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n'),
  ]);

describe('aws-chunked', () => {
  it('gives the bytes back, wherever the network cut them', async () => {
    const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(chunks, fc.boolean(), fc.integer({ min: 1, max: 40 }), async (parts, signed, step) => {
        const framed = frame(parts, signed);
        const pieces = [];
        for (let start = 0; start < framed.byteLength; start += step) pieces.push(framed.subarray(start, start + step));

        const { bytes, trailers } = await decode(pieces);

        expect(bytes.equals(Buffer.concat(parts))).toBe(true);
        expect(trailers).toEqual({ 'x-amz-checksum-crc32': 'AAAAAA==' });
      }),
    );
  });

  it.each([
    ['that ends in the middle', '5\r\nab'],
    ['without a size', 'zz\r\nab\r\n0\r\n\r\n'],
    ['that is no framing at all', 'x'.repeat(10_000)],
  ])('refuses a body %s', async (_, body) => {
    await expect(decode([Buffer.from(body)])).rejects.toMatchObject({ code: 'IncompleteBody' });
  });
});
