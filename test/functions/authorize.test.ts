import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handler } from '../../functions/authorize/authorize.ts';
import { hashSecret } from '../../lib/access/secret.ts';
import type { ApiKey } from '../../lib/ports.ts';
import { anAuthorizerEvent } from '../factories/events.ts';
import { type Service, startService } from './a-service.ts';

const KEY: ApiKey = {
  tenant: 'acme',
  keyId: 'key-1',
  name: 'on call',
  scopes: ['ingest', 'read'],
  createdAt: '2026-03-01T10:00:00.000Z',
};
const SECRET = 'lsv_0123456789abcdefghijklmnop';
const REVOKED = 'lsv_a-key-that-was-revoked-later';

let service: Service;
beforeAll(async () => {
  service = await startService();
  await service.keys.create(hashSecret(SECRET), KEY);
  await service.keys.create(hashSecret(REVOKED), { ...KEY, keyId: 'key-2', revokedAt: '2026-03-02T10:00:00.000Z' });
});
afterAll(() => service.close());

const statement = (Effect: 'Allow' | 'Deny') => ({
  Version: '2012-10-17',
  Statement: [
    {
      Action: 'execute-api:Invoke',
      Effect,
      Resource: 'arn:aws:execute-api:eu-central-1:111122223333:a1b2c3d4e5/live/*',
    },
  ],
});

describe('the authorizer', () => {
  it.each(['x-api-key', 'X-Api-Key'])(
    'allows a key in %s the whole stage, and says whose it is in strings',
    async (name) => {
      const answer = await handler(anAuthorizerEvent({ accept: '*/*', [name]: SECRET }));

      expect(answer).toEqual({
        principalId: 'key-1',
        policyDocument: statement('Allow'),
        context: { tenant: 'acme', keyId: 'key-1', scopes: 'ingest read' },
      });
    },
  );

  it.each([
    ['a key that is not there', { 'x-api-key': 'lsv_another-key-altogether' }],
    ['a revoked key', { 'x-api-key': REVOKED }],
    ['a key with a space behind it', { 'x-api-key': `${SECRET} ` }],
    ['the hash of a key', { 'x-api-key': hashSecret(SECRET) }],
    ['a key that could be none', { 'x-api-key': 'short' }],
    ['a key of 10,000 characters', { 'x-api-key': 'k'.repeat(10_000) }],
    ['an empty key', { 'x-api-key': '' }],
    ['no key', { accept: '*/*' }],
    ['no headers', null],
  ])('denies %s, and tells nothing', async (_name, headers) => {
    const answer = await handler(anAuthorizerEvent(headers));

    expect(answer).toEqual({ principalId: 'unknown', policyDocument: statement('Deny') });
  });

  it('logs no key', () => {
    expect(service.logged).toEqual([]);
  });
});
