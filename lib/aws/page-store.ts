import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { LIMITS } from '../domain/limits.ts';
import type { Clock, PageKey, PageStore } from '../ports.ts';
import { openTable } from './table.ts';

const pageItemSchema = z.object({
  chunk: z.int().nonnegative(),
  page: z.int().nonnegative(),
  body: z.instanceof(Uint8Array),
});

/** Pages in DynamoDB: a segment is a partition, so that a large job spreads over many. */
export function dynamoPageStore(
  client: DynamoDBClient,
  name: string,
  clock: Clock,
  keepDays: number = LIMITS.retentionDays,
): PageStore {
  const table = openTable(client, name, clock);
  return {
    putIfAbsent: async (key, body) => {
      await table.putIfAbsent({
        pk: partitionOf(key),
        sk: sortOf(key.chunk, key.page),
        chunk: key.chunk,
        page: key.page,
        body,
        expiresAt: table.expiryInDays(keepDays),
      });
    },
    read: async function* (tenant, jobId, segment, after) {
      const partition = partitionOf({ tenant, jobId, segment });
      const from = after === undefined ? undefined : sortOf(after.chunk, after.page + 1);
      for await (const item of table.query({ partition, from })) {
        const { chunk, page, body } = pageItemSchema.parse(item);
        yield { key: { tenant, jobId, segment, chunk, page }, body };
      }
    },
  };
}

function partitionOf({ tenant, jobId, segment }: Pick<PageKey, 'tenant' | 'jobId' | 'segment'>): string {
  return `${tenant}#${jobId}#${segment}`;
}

function sortOf(chunk: number, page: number): string {
  return `${String(chunk).padStart(8, '0')}#${String(page).padStart(8, '0')}`;
}
