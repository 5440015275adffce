import { describe, expect, it } from 'vitest';
import { findKey, hashSecret } from '../../../lib/access/secret.ts';
import type { ApiKey } from '../../../lib/ports.ts';
import { memoryKeyStore } from '../../fakes/key-store.ts';

const KEY: ApiKey = {
  tenant: 'acme',
  keyId: 'k1',
  name: 'ci',
  scopes: ['read'],
  createdAt: '2026-03-01T10:00:00.000Z',
};
const SECRET = 'lsv_0123456789abcdef';

describe('findKey', () => {
  it('finds a key by its secret alone', async () => {
    const keys = memoryKeyStore();
    await keys.create(hashSecret(SECRET), KEY);

    expect(await findKey(keys, SECRET)).toEqual(KEY);
    expect(await findKey(keys, `${SECRET}0`)).toBeUndefined();
    expect(await findKey(keys, hashSecret(SECRET))).toBeUndefined();
  });

  it('finds no key that was revoked', async () => {
    const keys = memoryKeyStore();
    await keys.create(hashSecret(SECRET), { ...KEY, revokedAt: '2026-03-02T10:00:00.000Z' });

    expect(await findKey(keys, SECRET)).toBeUndefined();
  });

  it.each(['', 'short', 'x'.repeat(129), 'with a space in it', 'nul\u0000nul\u0000nul\u0000nul', 'ключключключключ'])(
    'does not even look for what can be no secret (%j)',
    async (secret) => {
      const keys = { find: () => Promise.reject(new Error('was looked for')) };

      expect(await findKey(keys, secret)).toBeUndefined();
    },
  );
});
