import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { localCredentials, localRegion } from './signature.ts';
import { localTenant } from './tenant.ts';

/** Puts a file into the uploads bucket under the laptop's tenant, as anybody with an S3 client would. Answers its key. */
export async function dropFile(endpoint: string, file: string): Promise<string> {
  const client = new S3Client({
    endpoint,
    region: localRegion,
    credentials: localCredentials,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  try {
    const key = `incoming/${localTenant}/${basename(file)}`;
    const { size } = await stat(file);
    const Body = createReadStream(file, { highWaterMark: 1024 * 1024 });
    await client.send(new PutObjectCommand({ Bucket: 'uploads', Key: key, Body, ContentLength: size }));
    return key;
  } finally {
    client.destroy();
  }
}
