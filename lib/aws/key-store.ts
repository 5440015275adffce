import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { tenantSchema } from '../domain/job.ts';
import type { ApiKey, Clock, KeyStore } from '../ports.ts';
import { openTable } from './table.ts';

const apiKeySchema = z.object({
  tenant: tenantSchema,
  keyId: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(['ingest', 'read', 'admin'])),
  createdAt: z.string(),
  revokedAt: z.string().optional(),
}) satisfies z.ZodType<ApiKey>;

/** API keys in DynamoDB by the hash of their secret. The partition begins with `#`, which no tenant does: a key is looked up before its tenant is known. */
export function dynamoKeyStore(client: DynamoDBClient, name: string, clock: Clock): KeyStore {
  const table = openTable(client, name, clock);
  return {
    create: async (hash, key) => {
      await table.putIfAbsent({ ...key, pk: `#key#${hash}`, sk: 'key' });
    },
    find: async (hash) => {
      const item = await table.get({ pk: `#key#${hash}`, sk: 'key' });
      return item === undefined ? undefined : apiKeySchema.parse(item);
    },
  };
}
