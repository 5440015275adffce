import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { labelSetSchema } from '../domain/label-set.ts';
import { LIMITS } from '../domain/limits.ts';
import { tenantRulesSchema } from '../domain/tenant-rule.ts';
import { termsSchema } from '../domain/terms.ts';
import type { Clock, LabelSetStore, RuleSetStore, TenantSettings, TenantSettingsStore } from '../ports.ts';
import { openTable } from './table.ts';
import type { Condition } from './update-expression.ts';

/** Stored as JSON text, so that what is read is to the character what was hashed. */
const jsonText = z.string().transform((text) => JSON.parse(text) as unknown);
const settingsItemSchema = z.object({
  version: z.string(),
  changedAt: z.string(),
  terms: jsonText.pipe(termsSchema),
}) satisfies z.ZodType<TenantSettings>;

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

/** Label sets in DynamoDB by their hash. */
export function dynamoLabelSets(
  client: DynamoDBClient,
  name: string,
  clock: Clock,
  keepDays: number = LIMITS.retentionDays,
): LabelSetStore {
  return contentStore(client, name, clock, { kind: 'labels', schema: labelSetSchema, keepDays });
}

/** Rule sets in DynamoDB by their hash. */
export function dynamoRuleSets(
  client: DynamoDBClient,
  name: string,
  clock: Clock,
  keepDays: number = LIMITS.retentionDays,
): RuleSetStore {
  return contentStore(client, name, clock, { kind: 'rules', schema: tenantRulesSchema, keepDays });
}

/** What never changes, by a hash of it. Each use keeps a set beyond the end of the job that uses it; a process writes it once a day. */
function contentStore<Content>(
  client: DynamoDBClient,
  name: string,
  clock: Clock,
  { kind, schema, keepDays }: { kind: 'labels' | 'rules'; schema: z.ZodType<Content>; keepDays: number },
) {
  const table = openTable(client, name, clock);
  const keyOf = (tenant: string, hash: string) => ({ pk: `${tenant}#${kind}`, sk: `set#${hash}` });
  const itemSchema = z.object({ content: jsonText.pipe(schema) });
  let writtenAt = new Map<string, number>();
  return {
    keep: async (tenant: string, hash: string, content: Content): Promise<void> => {
      const [key, nowMs] = [`${tenant}#${hash}`, clock.now().getTime()];
      if (nowMs - (writtenAt.get(key) ?? Number.NEGATIVE_INFINITY) < DAY_MS) return;
      const expiresAt = table.expiryInDays(keepDays + 2);
      await table.put({ ...keyOf(tenant, hash), content: JSON.stringify(content), expiresAt });
      if (writtenAt.size >= REMEMBERED) writtenAt = new Map();
      writtenAt.set(key, nowMs);
    },
    get: async (tenant: string, hash: string): Promise<Content | undefined> => {
      const item = await table.get(keyOf(tenant, hash));
      return item === undefined ? undefined : itemSchema.parse(item).content;
    },
  };
}
