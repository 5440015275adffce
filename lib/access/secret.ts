import { createHash } from 'node:crypto';
import type { ApiKey, KeyStore } from '../ports.ts';

const SECRET_PATTERN = /^[\x21-\x7e]{16,128}$/;

/** 256 random bits under our prefix, by which scanners for leaked secrets know it. */
export function newSecret(random: (bytes: number) => Uint8Array): string {
  return `lsv_${Buffer.from(random(32)).toString('base64url')}`;
}

/** What is stored of a key: sha256 of its secret, hex. The secret has 256 random bits, so no salt or stretching is needed. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** The key that a secret opens, undefined when there is none or it was revoked. Found by hash, so no comparison leaks its time. */
export async function findKey(keys: Pick<KeyStore, 'find'>, secret: string): Promise<ApiKey | undefined> {
  if (!SECRET_PATTERN.test(secret)) return undefined;
  const key = await keys.find(hashSecret(secret));
  return key?.revokedAt === undefined ? key : undefined;
}
