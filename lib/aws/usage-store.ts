import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { LIMITS } from '../domain/limits.ts';
import type { Clock, UsageStore, Use } from '../ports.ts';
import { openTable } from './table.ts';

const count = z.number().default(0);
const usageItemSchema = z.object({
  tenant: z.string(),
  day: z.string(),
  keyId: z.string(),
  requests: count,
  lines: count,
  llmCalls: count,
  llmInputTokens: count,
  llmOutputTokens: count,
  llmMicroUsd: count,
});

/** Use in DynamoDB: an item a day and key, added to. */
export function dynamoUsageStore(client: DynamoDBClient, name: string, clock: Clock): UsageStore {
  const table = openTable(client, name, clock);
  return {
    add: async ({ tenant, day, keyId }, use) => {
      const add = Object.fromEntries(Object.entries(use).filter(([, value]) => value !== 0));
      if (Object.keys(add).length === 0) return;
      const set = { tenant, day, keyId, expiresAt: table.expiryInDays(LIMITS.usageDays) };
      await table.update({ pk: partitionOf(tenant), sk: `${day}#${keyId}` }, { add, set });
    },
    read: async (tenant, from, to) => {
      const found = [];
      // `$` follows `#`: every key of the last day is before it.
      for await (const item of table.query({ partition: partitionOf(tenant), from, before: `${to}$` })) {
        const { day, keyId, tenant: owner, ...use } = usageItemSchema.parse(item);
        found.push({ tenant: owner, day, keyId, use: use satisfies Use });
      }
      return found;
    },
  };
}

const partitionOf = (tenant: string) => `${tenant}#usage`;
