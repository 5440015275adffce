import { timingSafeEqual } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { Retryable } from '../domain/errors.ts';
import { tenantSchema } from '../domain/job.ts';
import { partialQuotaSchema } from '../domain/quota.ts';
import type { Clock, KeyStore, StoredKey } from '../ports.ts';
import { openTable } from './table.ts';
import type { Condition } from './update-expression.ts';

const storedKeySchema = z.object({
  tenant: tenantSchema,
  keyId: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(['ingest', 'read', 'admin'])),
  createdAt: z.string(),
  createdBy: z.string().optional(),
  rotatedAt: z.string().optional(),
  revokedAt: z.string().optional(),
  revokedBy: z.string().optional(),
  quota: partialQuotaSchema.optional(),
  secrets: z.array(z.object({ hash: z.string(), until: z.string().optional() })),
}) satisfies z.ZodType<StoredKey>;
const ringSchema = z.object({ keys: z.array(storedKeySchema), version: z.int() });
const ownerSchema = z.object({ tenant: tenantSchema, keyId: z.string() });

/** Changes of one tenant's keys at the same moment are rare; so many tries in a row that lose are not. */
const ATTEMPTS = 8;

/**
 * API keys in DynamoDB. A tenant's keys are one item, so that no key can be changed without the others being seen (the
 * last admin key). Which of them a hash opens says an item of its own: its partition begins with `#`, which no tenant
 * does, for a key is looked up before its tenant is known. It says no more, so that a revoked key has one place to be so.
 */
export function dynamoKeyStore(client: DynamoDBClient, name: string, clock: Clock): KeyStore {
  const table = openTable(client, name, clock);
  const readRing = async (tenant: string): Promise<z.infer<typeof ringSchema>> => {
    const item = await table.get(ringKey(tenant));
    return item === undefined ? { keys: [], version: 0 } : ringSchema.parse(item);
  };
  const ownerOf = async (hash: string) => {
    const item = await table.get({ pk: `#key#${hash}`, sk: 'key' });
    return item === undefined ? undefined : ownerSchema.parse(item);
  };
  const store: KeyStore = {
    create: async (hash, key) => {
      const owner = await ownerOf(hash);
      if (owner !== undefined && (owner.tenant !== key.tenant || owner.keyId !== key.keyId)) return;
      const add = (keys: readonly StoredKey[]) =>
        keys.some(({ keyId }) => keyId === key.keyId) ? keys : [...keys, { ...key, secrets: [{ hash }] }];
      await store.change(key.tenant, add, { hash, keyId: key.keyId });
    },
    find: async (hash) => {
      const owner = await ownerOf(hash);
      if (owner === undefined) return undefined;
      const { keys } = await readRing(owner.tenant);
      const { secrets, ...key } = keys.find(({ keyId }) => keyId === owner.keyId) ?? { secrets: [] };
      const now = clock.now().toISOString();
      const opens = secrets.some((secret) => isSame(secret.hash, hash) && (secret.until ?? now) >= now);
      return opens && 'tenant' in key ? key : undefined;
    },
    list: async (tenant) => (await readRing(tenant)).keys,
    change: async (tenant, change, adds) => {
      // Before the key it leads to: a hash that leads nowhere opens nothing.
      if (adds !== undefined)
        await table.putIfAbsent({ pk: `#key#${adds.hash}`, sk: 'key', tenant, keyId: adds.keyId });
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        const { keys, version } = await readRing(tenant);
        const changed = z.array(storedKeySchema).parse(change(keys));
        const onlyIf: Condition[] =
          version === 0 ? [{ kind: 'absent', name: 'version' }] : [{ kind: 'equals', name: 'version', value: version }];
        const set = { keys: changed, version: version + 1 };
        if ((await table.update(ringKey(tenant), { set, onlyIf })) !== undefined) return changed;
      }
      throw new Retryable('keys-contended', "a tenant's keys are being changed by others");
    },
  };
  return store;
}

const ringKey = (tenant: string) => ({ pk: `${tenant}#keys`, sk: 'keys' });

function isSame(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.byteLength === right.byteLength && timingSafeEqual(left, right);
}
