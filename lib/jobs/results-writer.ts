import { Fault } from '../domain/errors.ts';
import type { Job } from '../domain/job.ts';
import type { ObjectStore } from '../ports.ts';

/** S3 takes no part under 5 MiB but the last, and 10,000 parts. */
const PART_CHARS = 8 * 1024 * 1024;

/** Writes a results file of unknown length in constant memory: one put where it is small, a multipart upload of its own else. */
export function resultsWriter(objects: ObjectStore, bucket: string, key: string, contentType: string) {
  let texts: string[] = [];
  let chars = 0;
  let bytes = 0;
  let parts = 0;
  let multipartId: string | undefined;

  const take = (): Buffer => {
    const body = Buffer.from(texts.join(''));
    texts = [];
    chars = 0;
    bytes += body.byteLength;
    return body;
  };
  // An upload that a crash leaves open is aborted by the bucket's lifecycle rule.
  const flush = async () => {
    multipartId ??= await objects.createMultipart(bucket, key, contentType);
    parts += 1;
    if (!(await objects.putPart(bucket, key, multipartId, parts, take())))
      throw new Fault('multipart-gone', `the upload of ${key} is gone`);
  };
  return {
    write: async (text: string): Promise<void> => {
      texts.push(text);
      chars += text.length;
      if (chars >= PART_CHARS) await flush();
    },
    close: async (): Promise<NonNullable<Job['results']>> => {
      if (multipartId === undefined) await objects.put(bucket, key, take(), { contentType });
      else {
        if (chars > 0) await flush();
        await objects.completeMultipart(bucket, key, multipartId, { parts, bytes });
      }
      return { bucket, key, bytes };
    },
  };
}
