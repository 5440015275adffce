import { describe, expect, it } from 'vitest';
import { createKey } from '../../infra/commands/create-key.ts';
import { findKey } from '../../lib/access/secret.ts';
import { memoryKeyStore } from '../fakes/key-store.ts';

const now = new Date('2026-11-02T08:00:00Z');

describe('createKey', () => {
  it('gives a secret that opens the key it stored', async () => {
    const keys = memoryKeyStore();

    const { secret } = await createKey(keys, { tenant: 'acme', name: 'on call', scopes: ['admin'] }, now);

    expect(await findKey(keys, secret)).toMatchObject({
      tenant: 'acme',
      name: 'on call',
      scopes: ['admin'],
      createdAt: '2026-11-02T08:00:00.000Z',
    });
  });

  it.each([
    { tenant: 'Acme#1', name: 'a tenant that is none', scopes: ['read'] },
    { tenant: 'acme', name: 'a scope that is none', scopes: ['root'] },
    { tenant: 'acme', name: '', scopes: ['read'] },
  ])('refuses %o and stores nothing', async (wanted) => {
    await expect(createKey(memoryKeyStore(), wanted, now)).rejects.toThrow();
  });
});
