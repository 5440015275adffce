import type { ApiKey, KeyStore } from '../../lib/ports.ts';

/** API keys in memory. */
export function memoryKeyStore(): KeyStore {
  const keys = new Map<string, ApiKey>();
  return {
    create: async (hash, key) => {
      if (!keys.has(hash)) keys.set(hash, key);
    },
    find: async (hash) => keys.get(hash),
  };
}
