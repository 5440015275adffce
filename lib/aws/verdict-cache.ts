import { createHash } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { decisionSchema } from '../domain/decision-schema.ts';
import { LIMITS } from '../domain/limits.ts';
import { inParallel } from '../in-parallel.ts';
import type { Clock, VerdictCache } from '../ports.ts';
import { openTable } from './table.ts';

const WRITES_AT_ONCE = 16;
const cacheItemSchema = z.object({ pk: z.string(), decision: decisionSchema });

/** The verdict cache in DynamoDB. Keys are hashed, since a cascade's key may hold a whole text. */
export function dynamoVerdictCache(
  client: DynamoDBClient,
  name: string,
  clock: Clock,
  keepDays: number = LIMITS.retentionDays,
): VerdictCache {
  const table = openTable(client, name, clock);
  return {
    get: async (tenant, keys) => {
      const byItem = new Map(keys.map((key) => [partitionOf(tenant, key), key]));
      const items = await table.getMany([...byItem.keys()].map((pk) => ({ pk, sk: 'verdict' })));
      return new Map(
        items.flatMap((item) => {
          const { pk, decision } = cacheItemSchema.parse(item);
          const key = byItem.get(pk);
          return key === undefined ? [] : [[key, decision] as const];
        }),
      );
    },
    put: async (tenant, entries) => {
      const expiresAt = table.expiryInDays(keepDays);
      await inParallel([...entries], WRITES_AT_ONCE, ([key, decision]) =>
        table.putIfAbsent({ pk: partitionOf(tenant, key), sk: 'verdict', decision, expiresAt }),
      );
    },
  };
}

function partitionOf(tenant: string, key: string): string {
  return `${tenant}#${createHash('sha256').update(key).digest('base64url')}`;
}
