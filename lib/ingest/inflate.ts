import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InvalidInput } from '../domain/errors.ts';
import { LIMITS } from '../domain/limits.ts';

/** Below this a high ratio is harmless: a few thousand equal lines shrink further than any bomb worth making. */
const HARMLESS_BYTES = 32 * 1024 * 1024;
const OUTPUT_BYTES = 256 * 1024;

export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** How far a gzip of so many bytes may inflate. */
export function inflatedLimit(gzipBytes: number): number {
  return Math.min(LIMITS.inflatedBytes, Math.max(HARMLESS_BYTES, gzipBytes * LIMITS.inflateRatio));
}

/** A gzip's content (all its members) as it comes. Throws `gzip-bomb` beyond `limit` bytes, `gzip-truncated` and `gzip-corrupt`. */
export async function* inflate(bytes: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: OUTPUT_BYTES });
  // The callback only keeps the error from being thrown twice: it destroys the stream that is read below.
  pipeline(Readable.from(bytes), gunzip, () => {});
  let inflated = 0;
  try {
    for await (const chunk of gunzip) {
      inflated += chunk.length;
      if (inflated > limit) throw bomb(limit);
      yield chunk;
    }
  } catch (error) {
    throw toGzipError(error);
  }
}

function bomb(limit: number): InvalidInput {
  return new InvalidInput(
    'gzip-bomb',
    `The gzip inflates to more than ${limit} bytes (${LIMITS.inflateRatio} times its size, at most ${LIMITS.inflatedBytes} bytes); it is refused as a whole. Send it in parts or uncompressed.`,
  );
}

function toGzipError(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code !== 'string' || !code.startsWith('Z_')) return error;
  if (code === 'Z_BUF_ERROR') {
    return new InvalidInput('gzip-truncated', 'The gzip ends in the middle; it is refused as a whole. Send it again.', {
      cause: error,
    });
  }
  return new InvalidInput('gzip-corrupt', 'The gzip is damaged; it is refused as a whole. Send it again.', {
    cause: error,
  });
}
