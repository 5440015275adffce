import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handler as api } from '../../functions/api/api.ts';
import { handler as authorize } from '../../functions/authorize/authorize.ts';
import { hashSecret } from '../../lib/access/secret.ts';
import { aContext, anApiEvent } from '../factories/api.ts';
import { anAuthorizerEvent } from '../factories/events.ts';
import { bodyOf, type Service, startService } from './a-service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const ask = async (
  method: string,
  path: string,
  fields: { tenant: string; body?: unknown; query?: Record<string, string>; headers?: Record<string, string> },
) => {
  const { body, ...rest } = fields;
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  return api(anApiEvent({ method, path, scopes: 'admin', ...rest, ...sent }), aContext());
};
const opens = async (secret: string) => {
  const { policyDocument, context } = await authorize(anAuthorizerEvent({ 'x-api-key': secret }));
  const [statement] = policyDocument.Statement;
  return statement?.Effect === 'Allow' ? context : undefined;
};
const newKey = async (tenant: string, scopes: readonly string[] = ['read']) =>
  bodyOf(await ask('POST', '/v1/keys', { tenant, body: { name: 'a key', scopes } }));

describe('/v1/keys', () => {
  it('makes a key whose secret opens the service and is never shown again', async () => {
    const made = await ask('POST', '/v1/keys', {
      tenant: 'acme',
      body: { name: 'dashboard', scopes: ['read', 'ingest'], quota: { linesPerDay: 7 } },
    });
    const { secret, ...key } = bodyOf(made);
    const listed = await ask('GET', '/v1/keys', { tenant: 'acme' });

    expect(made.statusCode).toBe(201);
    expect(made.headers).toMatchObject({ 'cache-control': 'no-store' });
    expect(await opens(secret)).toEqual({
      tenant: 'acme',
      keyId: key.keyId,
      scopes: 'ingest read',
      quota: '{"linesPerDay":7}',
    });
    expect(key).toMatchObject({ name: 'dashboard', createdBy: 'key-1', quota: { linesPerDay: 7 } });
    expect(bodyOf(listed).keys).toEqual([key]);
    expect(listed.body).not.toContain(hashSecret(secret));
    expect(service.logged.join()).toContain('key-made');
    expect(service.logged.join()).not.toContain(secret);
  });

  it('makes one key of a repeated request', async () => {
    const repeated = {
      tenant: 'repeats',
      body: { name: 'x', scopes: ['read'] },
      headers: { 'idempotency-key': 'once' },
    };

    const first = bodyOf(await ask('POST', '/v1/keys', repeated));
    const second = await ask('POST', '/v1/keys', repeated);

    expect(bodyOf(second)).toMatchObject({ status: 409, type: 'urn:logsieve:problem:key-made-before' });
    expect(bodyOf(second).detail).toContain(first.keyId);
    expect(bodyOf(await ask('GET', '/v1/keys', { tenant: 'repeats' })).keys).toHaveLength(1);
  });

  it('rotates a key, and keeps the old secret for as long as asked', async () => {
    const { keyId, secret } = await newKey('rotates');
    const rotate = (graceSeconds: number) =>
      ask('POST', `/v1/keys/${keyId}/rotate`, { tenant: 'rotates', body: { graceSeconds } });

    const graceful = bodyOf(await rotate(600));
    expect([await opens(secret), await opens(graceful.secret)]).toEqual([
      expect.objectContaining({ keyId }),
      expect.objectContaining({ keyId }),
    ]);

    const atOnce = bodyOf(await rotate(0));
    expect([await opens(secret), await opens(graceful.secret)]).toEqual([undefined, undefined]);
    expect(await opens(atOnce.secret)).toMatchObject({ keyId });
  });

  it('revokes a key, but for the last that may manage keys', async () => {
    const admin = await newKey('revokes', ['admin']);
    const reader = await newKey('revokes');
    const revoke = (keyId: string, query: Record<string, string> = {}) =>
      ask('DELETE', `/v1/keys/${keyId}`, { tenant: 'revokes', query });

    const revoked = await revoke(reader.keyId);
    const last = await revoke(admin.keyId);

    expect(revoked.statusCode).toBe(200);
    expect(bodyOf(revoked)).toMatchObject({ keyId: reader.keyId, revokedBy: 'key-1' });
    expect(await opens(reader.secret)).toBeUndefined();
    expect(bodyOf(last)).toMatchObject({ status: 409, type: 'urn:logsieve:problem:last-admin-key' });
    expect(await opens(admin.secret)).toBeDefined();
    expect((await revoke(admin.keyId, { force: 'true' })).statusCode).toBe(200);
    expect(await opens(admin.secret)).toBeUndefined();
  });

  it('knows no key of another tenant', async () => {
    const { keyId, secret } = await newKey('owner');

    const replies = await Promise.all([
      ask('DELETE', `/v1/keys/${keyId}`, { tenant: 'thief', query: { force: 'true' } }),
      ask('POST', `/v1/keys/${keyId}/rotate`, { tenant: 'thief', body: {} }),
    ]);

    expect(replies.map(({ statusCode }) => statusCode)).toEqual([404, 404]);
    expect(await opens(secret)).toBeDefined();
  });

  it.each([
    [{ name: 'x', scopes: ['root'] }, 'scopes.0'],
    [{ name: '', scopes: ['read'] }, 'name'],
    [{ name: 'x', scopes: ['read'], tenant: 'other' }, '(root)'],
  ])('refuses %j and says where', async (body, path) => {
    const reply = await ask('POST', '/v1/keys', { tenant: 'acme', body });

    expect(bodyOf(reply)).toMatchObject({
      status: 400,
      issues: expect.arrayContaining([expect.objectContaining({ path })]),
    });
  });
});
