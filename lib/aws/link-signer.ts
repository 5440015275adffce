import { GetObjectCommand, PutObjectCommand, type S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { LinkSigner } from '../ports.ts';

/** Presigned S3 links. The client must be made with `requestChecksumCalculation: 'WHEN_REQUIRED'`. */
export function s3LinkSigner(client: S3Client): LinkSigner {
  return {
    get: (bucket, key, { seconds, fileName }) => {
      const command = new GetObjectCommand({
        Bucket: bucket,
        Key: key,
        ResponseContentDisposition: `attachment; filename*=UTF-8''${percentEncoded(fileName)}`,
      });
      return getSignedUrl(client, command, { expiresIn: seconds });
    },
    put: async (bucket, key, { seconds, bytes }) => {
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        ContentLength: bytes,
        IfNoneMatch: '*',
      });
      // Both are signed, so the link writes exactly so many bytes and never over another object.
      const signableHeaders = new Set(['host', 'content-length', 'if-none-match']);
      const url = await getSignedUrl(client, command, { expiresIn: seconds, signableHeaders });
      return { url, headers: { 'content-length': String(bytes), 'if-none-match': '*' } };
    },
    part: (bucket, key, multipartId, { part, bytes, seconds }) => {
      const target = { Bucket: bucket, Key: key, UploadId: multipartId, PartNumber: part, ContentLength: bytes };
      const signableHeaders = new Set(['host', 'content-length']);
      return getSignedUrl(client, new UploadPartCommand(target), { expiresIn: seconds, signableHeaders });
    },
  };
}

/** RFC 8187: encodeURIComponent leaves `'()*`, which the header's grammar does not. */
function percentEncoded(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
