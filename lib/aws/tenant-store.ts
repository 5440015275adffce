import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { labelSetSchema } from '../domain/label-set.ts';
import { LIMITS } from '../domain/limits.ts';
import { termsSchema } from '../domain/terms.ts';
import type { Clock, LabelSetStore, TenantSettings, TenantSettingsStore } from '../ports.ts';
import { openTable } from './table.ts';
import type { Condition } from './update-expression.ts';

/** Stored as JSON text, so that what is read is to the character what was hashed. */
const jsonText = z.string().transform((text) => JSON.parse(text) as unknown);
const settingsItemSchema = z.object({
  version: z.string(),
  changedAt: z.string(),
  terms: jsonText.pipe(termsSchema),
}) satisfies z.ZodType<TenantSettings>;
const labelsItemSchema = z.object({ labels: jsonText.pipe(labelSetSchema) });

/** A tenant's settings in DynamoDB: one item, kept until it is changed. */
export function dynamoTenantSettings(client: DynamoDBClient, name: string, clock: Clock): TenantSettingsStore {
  const table = openTable(client, name, clock);
  const keyOf = (tenant: string) => ({ pk: `${tenant}#settings`, sk: 'settings' });
  return {
    get: async (tenant) => {
      const item = await table.get(keyOf(tenant));
      return item === undefined ? undefined : settingsItemSchema.parse(item);
    },
    put: async (tenant, { terms, version, changedAt }, ifVersion) => {
      const onlyIf: Condition[] = ifVersion === undefined ? [] : [standsAt(ifVersion)];
      const set = { terms: JSON.stringify(terms), version, changedAt };
      return (await table.update(keyOf(tenant), { set, onlyIf })) !== undefined;
    },
  };
}

function standsAt(version: string): Condition {
  return version === 'none' ? { kind: 'absent', name: 'version' } : { kind: 'equals', name: 'version', value: version };
}

const DAY_MS = 86_400_000;
/** Sets that a process remembers to have written today; the map is begun anew when it is full. */
const REMEMBERED = 1_000;

/** Label sets in DynamoDB by their hash. Each use keeps a set beyond the end of the job that uses it; a process writes it once a day. */
export function dynamoLabelSets(client: DynamoDBClient, name: string, clock: Clock): LabelSetStore {
  const table = openTable(client, name, clock);
  const keyOf = (tenant: string, hash: string) => ({ pk: `${tenant}#labels`, sk: `set#${hash}` });
  let writtenAt = new Map<string, number>();
  return {
    keep: async (tenant, hash, labels) => {
      const [key, nowMs] = [`${tenant}#${hash}`, clock.now().getTime()];
      if (nowMs - (writtenAt.get(key) ?? Number.NEGATIVE_INFINITY) < DAY_MS) return;
      const expiresAt = table.expiryInDays(LIMITS.retentionDays + 2);
      await table.put({ ...keyOf(tenant, hash), labels: JSON.stringify(labels), expiresAt });
      if (writtenAt.size >= REMEMBERED) writtenAt = new Map();
      writtenAt.set(key, nowMs);
    },
    get: async (tenant, hash) => {
      const item = await table.get(keyOf(tenant, hash));
      return item === undefined ? undefined : labelsItemSchema.parse(item).labels;
    },
  };
}
