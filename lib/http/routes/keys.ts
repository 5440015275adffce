import * as z from 'zod';
import { SCOPES, wantedKeySchema } from '../../access/keys.ts';
import { LIMITS } from '../../domain/limits.ts';
import { partialQuotaSchema } from '../../domain/quota.ts';
import { secretKeyHeader } from '../idempotency-key.ts';
import { defineRoute } from '../route.ts';
import { queryFlag } from '../schemas/query.ts';

const admin = { handledBy: 'api', scope: 'admin', tag: 'Settings' } as const;
const ofKey = {
  params: z.object({ keyId: z.string().regex(/^[\w-]{1,64}$/) }),
  missing: { code: 'key-missing', detail: 'There is no such key.' },
} as const;
const limits = { wireBytes: LIMITS.requestBytes, inflatedBytes: LIMITS.requestBytes, instead: 'Send JSON.' };

const keySchema = z
  .object({
    keyId: z.string(),
    name: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    createdAt: z.iso.datetime(),
    createdBy: z.string().optional().describe('The key that made it. Absent: made by whoever runs this service.'),
    lastUsedOn: z.iso.date().optional().describe('The last day, of the last 31, on which it was used.'),
    rotatedAt: z.iso.datetime().optional(),
    revokedAt: z.iso.datetime().optional(),
    revokedBy: z.string().optional(),
    quota: partialQuotaSchema.optional().describe('What it may use of its tenant’s quota.'),
  })
  .meta({ id: 'Key' });
const secretSchema = keySchema
  .extend({ secret: z.string().describe('Shown this once; only its hash is kept.') })
  .meta({ id: 'KeyWithSecret' });

export const listKeys = defineRoute({
  ...admin,
  id: 'listKeys',
  method: 'GET',
  path: '/v1/keys',
  summary: 'The tenant’s keys, oldest first',
  description: 'Revoked ones stay listed. No secret is ever shown again.',
  replies: { 200: { description: 'The keys.', json: z.object({ keys: z.array(keySchema) }) } },
  examples: [{ name: 'keys', summary: 'All of them', status: 200 }],
});

export const createKey = defineRoute({
  ...admin,
  id: 'createKey',
  method: 'POST',
  path: '/v1/keys',
  summary: 'Makes a key',
  description: `Of a tenant at most ${LIMITS.keys} keys open something. A request repeated with the same Idempotency-Key makes no second key: it is refused (409) and names the first, whose secret cannot be shown again.`,
  headers: secretKeyHeader,
  body: { limits, json: wantedKeySchema },
  replies: { 201: { description: 'The key, with its secret.', json: secretSchema } },
  problems: { 409: 'Made by an earlier request, or too many keys.' },
  examples: [
    { name: 'reader', summary: 'A key that only reads', body: { name: 'dashboard', scopes: ['read'] }, status: 201 },
    {
      name: 'bounded',
      summary: 'A key with a quota of its own',
      body: { name: 'staging', scopes: ['ingest', 'read'], quota: { requestsPerMinute: 600, linesPerDay: 1_000_000 } },
      status: 201,
    },
  ],
});

export const rotateKey = defineRoute({
  ...admin,
  ...ofKey,
  id: 'rotateKey',
  method: 'POST',
  path: '/v1/keys/{keyId}/rotate',
  summary: 'A new secret for a key',
  description: `The old one ends at once (within ${LIMITS.keyCacheSeconds} s), or after \`graceSeconds\`.`,
  body: {
    limits,
    json: z.strictObject({ graceSeconds: z.int().min(0).max(LIMITS.keyGraceSeconds).default(0) }),
  },
  replies: { 200: { description: 'The key, with its new secret.', json: secretSchema } },
  problems: { 409: 'The key was revoked.' },
});

export const revokeKey = defineRoute({
  ...admin,
  ...ofKey,
  id: 'revokeKey',
  method: 'DELETE',
  path: '/v1/keys/{keyId}',
  summary: 'Revokes a key',
  description: `It opens nothing after ${LIMITS.keyCacheSeconds} s at most. The last key with the scope \`admin\` is revoked only with \`force=true\`.`,
  query: z.strictObject({ force: queryFlag('Also the last key that may manage keys.').optional() }),
  replies: { 200: { description: 'The key as it stands.', json: keySchema } },
  problems: { 409: 'It is the last key with the scope admin.' },
});

export const keyRoutes = [listKeys, createKey, rotateKey, revokeKey] as const;
