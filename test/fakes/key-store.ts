import type { Clock, KeyStore, StoredKey } from '../../lib/ports.ts';
import { fakeClock } from './clock.ts';

/** API keys in memory. */
export function memoryKeyStore(clock: Clock = fakeClock()): KeyStore {
  const rings = new Map<string, readonly StoredKey[]>();
  const owners = new Map<string, { tenant: string; keyId: string }>();
  const store: KeyStore = {
    create: async (hash, key) => {
      const owner = owners.get(hash);
      if (owner !== undefined && (owner.tenant !== key.tenant || owner.keyId !== key.keyId)) return;
      const add = (keys: readonly StoredKey[]) =>
        keys.some(({ keyId }) => keyId === key.keyId) ? keys : [...keys, { ...key, secrets: [{ hash }] }];
      await store.change(key.tenant, add, { hash, keyId: key.keyId });
    },
    find: async (hash) => {
      const owner = owners.get(hash);
      const found = rings.get(owner?.tenant ?? '')?.find(({ keyId }) => keyId === owner?.keyId);
      if (found === undefined) return undefined;
      const { secrets, ...key } = found;
      const now = clock.now().toISOString();
      return secrets.some((secret) => secret.hash === hash && (secret.until ?? now) >= now) ? key : undefined;
    },
    list: async (tenant) => rings.get(tenant) ?? [],
    change: async (tenant, change, adds) => {
      const changed = change(rings.get(tenant) ?? []);
      if (adds !== undefined && !owners.has(adds.hash)) owners.set(adds.hash, { tenant, keyId: adds.keyId });
      rings.set(tenant, changed);
      return changed;
    },
  };
  return store;
}
