import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createKey, listKeys, revokeKey, rotateKey, wantedKeySchema } from '../../../lib/access/keys.ts';
import { findKey } from '../../../lib/access/secret.ts';
import { LIMITS } from '../../../lib/domain/limits.ts';
import { fakeClock } from '../../fakes/clock.ts';
import { memoryKeyStore } from '../../fakes/key-store.ts';

function aTenantsKeys() {
  const clock = fakeClock();
  return { clock, keys: memoryKeyStore(clock), random: randomBytes };
}
const acme = { tenant: 'acme', by: 'key-admin' };
const reader = { name: 'dashboard', scopes: ['read' as const] };
const admin = { name: 'on call', scopes: ['admin' as const] };

describe('createKey', () => {
  it('gives a secret that opens the key, and keeps no secret', async () => {
    const ports = aTenantsKeys();

    const { key, secret } = await createKey(ports, acme, { ...reader, quota: { linesPerDay: 5 } });

    expect(await findKey(ports.keys, secret)).toEqual(key);
    expect(key).toMatchObject({ createdBy: 'key-admin', quota: { linesPerDay: 5 }, scopes: ['read'] });
    expect(JSON.stringify(await ports.keys.list('acme'))).not.toContain(secret);
    expect(JSON.stringify(await listKeys(ports, 'acme'))).not.toMatch(/secret|hash/);
  });

  it('makes no second key for a repeated request, and says what to do', async () => {
    const ports = aTenantsKeys();
    await createKey(ports, acme, reader, 'key-of-the-request');

    const again = createKey(ports, acme, reader, 'key-of-the-request');

    await expect(again).rejects.toMatchObject({ code: 'key-made-before', status: 409 });
    expect(await listKeys(ports, 'acme')).toHaveLength(1);
  });

  it('ends at so many keys; a revoked one makes room, and the oldest revoked are forgotten', async () => {
    const ports = aTenantsKeys();
    for (let made = 0; made < LIMITS.keysListed + 5; made += 1) {
      const { key } = await createKey(ports, acme, reader);
      if (made >= LIMITS.keys - 1) await revokeKey(ports, acme, key.keyId, { force: false });
    }

    await createKey(ports, acme, reader);
    const refused = createKey(ports, acme, reader);

    await expect(refused).rejects.toMatchObject({ code: 'too-many-keys', status: 409 });
    const listed = await listKeys(ports, 'acme');
    expect(listed).toHaveLength(LIMITS.keysListed);
    expect(listed.filter(({ revokedAt }) => revokedAt === undefined)).toHaveLength(LIMITS.keys);
  });

  it.each([
    { name: '', scopes: ['read'] },
    { name: 'two\nlines', scopes: ['read'] },
    { name: 'x', scopes: [] },
    { name: 'x', scopes: ['root'] },
    { name: 'x', scopes: ['read'], tenant: 'other' },
    { name: 'x', scopes: ['read'], quota: { linesPerDay: -1 } },
  ])('takes no key like %j', (wanted) => {
    expect(wantedKeySchema.safeParse(wanted).success).toBe(false);
  });
});

describe('rotateKey', () => {
  it('opens the same key by a new secret, at once by that alone', async () => {
    const ports = aTenantsKeys();
    const first = await createKey(ports, acme, reader);

    const second = await rotateKey(ports, acme, first.key.keyId);

    expect(await findKey(ports.keys, first.secret)).toBeUndefined();
    expect(await findKey(ports.keys, second.secret)).toMatchObject({ keyId: first.key.keyId, name: 'dashboard' });
  });

  it('lets the old secret stand for the time asked, however often it is rotated again', async () => {
    const ports = aTenantsKeys();
    const { key, secret } = await createKey(ports, acme, reader);

    await rotateKey(ports, acme, key.keyId, 60);
    await rotateKey(ports, acme, key.keyId, 3_600);

    expect(await findKey(ports.keys, secret)).toBeDefined();
    ports.clock.advance(61_000);
    expect(await findKey(ports.keys, secret)).toBeUndefined();
    expect((await ports.keys.list('acme'))[0]?.secrets).toHaveLength(3);
  });

  it('finds no key of another tenant, and none that was revoked', async () => {
    const ports = aTenantsKeys();
    const { key } = await createKey(ports, acme, reader);

    await expect(rotateKey(ports, { tenant: 'other' }, key.keyId)).rejects.toMatchObject({ status: 404 });
    await revokeKey(ports, acme, key.keyId, { force: false });
    await expect(rotateKey(ports, acme, key.keyId)).rejects.toMatchObject({ code: 'key-revoked', status: 409 });
  });
});

describe('revokeKey', () => {
  it('shuts a key, and says again what stands', async () => {
    const ports = aTenantsKeys();
    const { key, secret } = await createKey(ports, acme, reader);

    const revoked = await revokeKey(ports, acme, key.keyId, { force: false });
    ports.clock.advance(5_000);
    const again = await revokeKey(ports, acme, key.keyId, { force: false });

    expect(revoked).toMatchObject({ revokedAt: '2026-03-01T10:00:00.000Z', revokedBy: 'key-admin' });
    expect(again).toEqual(revoked);
    expect(await findKey(ports.keys, secret)).toBeUndefined();
  });

  it('keeps the last admin key unless it is forced', async () => {
    const ports = aTenantsKeys();
    const { key } = await createKey(ports, acme, admin);
    const other = await createKey(ports, acme, admin);
    await createKey(ports, acme, reader);

    await revokeKey(ports, acme, other.key.keyId, { force: false });
    const last = revokeKey(ports, acme, key.keyId, { force: false });

    await expect(last).rejects.toMatchObject({ code: 'last-admin-key', status: 409 });
    expect(await revokeKey(ports, acme, key.keyId, { force: true })).toHaveProperty('revokedAt');
  });

  it('finds no key of another tenant', async () => {
    const ports = aTenantsKeys();
    const { key, secret } = await createKey(ports, acme, reader);

    const foreign = revokeKey(ports, { tenant: 'other' }, key.keyId, { force: true });

    await expect(foreign).rejects.toMatchObject({ code: 'key-missing', status: 404 });
    expect(await findKey(ports.keys, secret)).toBeDefined();
  });
});
