import * as z from 'zod';
import { InvalidInput } from '../domain/errors.ts';
import { LIMITS } from '../domain/limits.ts';
import { partialQuotaSchema } from '../domain/quota.ts';
import type { ApiKey, Clock, KeyStore, StoredKey } from '../ports.ts';
import { hashSecret, newSecret } from './secret.ts';

export interface KeyPorts {
  readonly keys: KeyStore;
  readonly clock: Clock;
  readonly random: (bytes: number) => Uint8Array;
}

export const SCOPES = ['ingest', 'read', 'admin'] as const;

/** What a new key is to be. */
export const wantedKeySchema = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1)
    .max(LIMITS.keyNameChars)
    .regex(/^[^\p{Cc}\u2028\u2029]+$/u, 'no control characters'),
  scopes: z
    .array(z.enum(SCOPES))
    .min(1)
    .max(SCOPES.length)
    .transform((scopes) => SCOPES.filter((scope) => scopes.includes(scope))),
  quota: partialQuotaSchema.optional(),
});
export type WantedKey = z.infer<typeof wantedKeySchema>;

/** Whose keys, and the key that asks. */
export interface KeyOwner {
  readonly tenant: string;
  readonly by?: string;
}

/** Makes a key. The secret is returned and kept nowhere. `keyId`: asked for by a repeatable request; a second one of it is refused (409). */
export async function createKey(
  { keys, clock, random }: KeyPorts,
  { tenant, by }: KeyOwner,
  { name, scopes, quota }: WantedKey,
  keyId: string = newKeyId(random),
): Promise<{ key: ApiKey; secret: string }> {
  const secret = newSecret(random);
  const hash = hashSecret(secret);
  const key: ApiKey = { tenant, keyId, name, scopes, createdAt: clock.now().toISOString(), createdBy: by, quota };
  const add = (standing: readonly StoredKey[]) => {
    if (standing.some((each) => each.keyId === keyId)) throw madeBefore(keyId);
    if (standing.filter(isActive).length >= LIMITS.keys)
      throw new InvalidInput('too-many-keys', `A tenant has at most ${LIMITS.keys} keys; revoke one first.`, {
        status: 409,
      });
    return [...withoutOldest(standing), { ...key, secrets: [{ hash }] }];
  };
  await keys.change(tenant, add, { hash, keyId });
  return { key, secret };
}

function madeBefore(keyId: string): InvalidInput {
  return new InvalidInput(
    'key-made-before',
    `This Idempotency-Key made the key ${keyId}, whose secret was shown once. Rotate that key if its secret was lost.`,
    { status: 409 },
  );
}

/** A new secret for a key. The old ones open it until `graceSeconds` have passed. */
export async function rotateKey(
  { keys, clock, random }: KeyPorts,
  { tenant }: KeyOwner,
  keyId: string,
  graceSeconds = 0,
): Promise<{ key: ApiKey; secret: string }> {
  const secret = newSecret(random);
  const hash = hashSecret(secret);
  const nowMs = clock.now().getTime();
  const now = new Date(nowMs).toISOString();
  const end = new Date(nowMs + graceSeconds * 1_000).toISOString();
  const rotate = (standing: readonly StoredKey[]) => {
    const found = findActive(standing, keyId);
    const kept = graceSeconds === 0 ? [] : found.secrets.filter(({ until }) => until === undefined || until > now);
    const older = kept.map((each) => ({ hash: each.hash, until: earlier(each.until, end) }));
    const secrets = [{ hash }, ...older].slice(0, LIMITS.keySecrets);
    return standing.map((key) => (key.keyId === keyId ? { ...key, rotatedAt: now, secrets } : key));
  };
  const changed = await keys.change(tenant, rotate, { hash, keyId });
  return { key: withoutSecrets(findActive(changed, keyId)), secret };
}

/**
 * Revokes a key; the gateway may go on with it for a minute. Said again it changes nothing. The last key that may manage
 * keys is revoked only with `force`: without one the tenant needs the owner of the account to get in again.
 */
export async function revokeKey(
  { keys, clock }: KeyPorts,
  { tenant, by }: KeyOwner,
  keyId: string,
  { force }: { force: boolean },
): Promise<ApiKey> {
  const revokedAt = clock.now().toISOString();
  const revoke = (standing: readonly StoredKey[]) => {
    const found = standing.find((key) => key.keyId === keyId);
    if (found === undefined) throw missing();
    if (!isActive(found)) return standing;
    if (!force && isLastAdmin(standing, found)) throw lastAdmin();
    return standing.map((key) => (key === found ? { ...key, secrets: [], revokedAt, revokedBy: by } : key));
  };
  const changed = await keys.change(tenant, revoke);
  const revoked = changed.find((key) => key.keyId === keyId);
  if (revoked === undefined) throw missing();
  return withoutSecrets(revoked);
}

/** A tenant's keys, the revoked ones too, oldest first. */
export async function listKeys({ keys }: Pick<KeyPorts, 'keys'>, tenant: string): Promise<readonly ApiKey[]> {
  return (await keys.list(tenant)).map(withoutSecrets);
}

function isActive({ revokedAt }: ApiKey): boolean {
  return revokedAt === undefined;
}

function isLastAdmin(keys: readonly StoredKey[], key: StoredKey): boolean {
  const admins = keys.filter((each) => isActive(each) && each.scopes.includes('admin'));
  return admins.length === 1 && admins[0] === key;
}

function lastAdmin(): InvalidInput {
  return new InvalidInput(
    'last-admin-key',
    'This is the last key with the scope "admin": without it nobody of this tenant can manage keys. Make another first, or repeat with force=true.',
    { status: 409 },
  );
}

function findActive(keys: readonly StoredKey[], keyId: string): StoredKey {
  const found = keys.find((key) => key.keyId === keyId);
  if (found === undefined) throw missing();
  if (isActive(found)) return found;
  throw new InvalidInput('key-revoked', 'The key was revoked; make a new one.', { status: 409 });
}

function missing(): InvalidInput {
  return new InvalidInput('key-missing', 'There is no such key.', { status: 404 });
}

/** Room for one more: of the revoked keys the oldest go first. */
function withoutOldest(keys: readonly StoredKey[]): readonly StoredKey[] {
  if (keys.length < LIMITS.keysListed) return keys;
  const oldest = keys.findIndex((key) => !isActive(key));
  return keys.filter((_, index) => index !== oldest);
}

function withoutSecrets({ secrets, ...key }: StoredKey): ApiKey {
  return key;
}

function earlier(one: string | undefined, other: string): string {
  return one === undefined || one > other ? other : one;
}

function newKeyId(random: KeyPorts['random']): string {
  return `key-${Buffer.from(random(8)).toString('hex')}`;
}
