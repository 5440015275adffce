import { createHash } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { Clock, CounterName, CounterStore } from '../ports.ts';
import { openTable } from './table.ts';

/** Counters outlive their window by this, so that a look back finds them. */
const KEPT_DAYS = 3;
/** Longer than anybody repeats a request; a file is read again from its beginning within the days of its queue. */
const MARKED_DAYS = 15;
const countedSchema = z.object({ taken: z.number().default(0) });

/** Counters in DynamoDB: one atomic addition per lease, refused where the limit leaves less than the least that would do. */
export function dynamoCounterStore(client: DynamoDBClient, name: string, clock: Clock): CounterStore {
  const table = openTable(client, name, clock);
  const add = async (counter: CounterName, count: number, below?: number) => {
    const item = await table.update(keyOf(counter), {
      add: { taken: count },
      set: { expiresAt: table.expiryInDays(KEPT_DAYS) },
      onlyIf: below === undefined ? [] : [{ kind: 'absent-or-below', name: 'taken', value: below }],
    });
    return item === undefined ? undefined : countedSchema.parse(item).taken;
  };
  const takenOf = async (counter: CounterName) => countedSchema.parse((await table.get(keyOf(counter))) ?? {}).taken;
  return {
    take: async (counter, { least, most }, limit) => {
      const taken = limit < least ? undefined : await add(counter, most, limit - least + 1);
      if (taken === undefined) return { granted: 0, taken: await takenOf(counter) };
      const over = Math.max(0, taken - limit);
      // Put back, so that the counter never says more than was granted: the limit may be raised in the same window.
      if (over > 0) await add(counter, -over);
      return { granted: most - over, taken: taken - over };
    },
    giveBack: async (counter, count) => void (await add(counter, -count)),
    taken: takenOf,
    markOnce: (tenant, id) => table.putIfAbsent({ ...markKey(tenant, id), expiresAt: table.expiryInDays(MARKED_DAYS) }),
    isMarked: async (tenant, id) => (await table.get(markKey(tenant, id))) !== undefined,
  };
}

const keyOf = ({ tenant, name, window }: CounterName) => ({ pk: `${tenant}#quota`, sk: `${window}#${name}` });

/** An id may be a client's text, so its hash is the key. */
function markKey(tenant: string, id: string) {
  return { pk: `${tenant}#counted#${createHash('sha256').update(id).digest('base64url')}`, sk: 'once' };
}
