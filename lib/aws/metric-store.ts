import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { inParallel } from '../in-parallel.ts';
import type { Clock, MetricStore } from '../ports.ts';
import { openTable } from './table.ts';

/** Numbers that nobody has added to for so long are of a function or route that is no more. */
const KEPT_DAYS = 30;
/** Processes spread over so many partitions, so that none takes every write. */
const SHARDS = 4;
const WRITES_AT_ONCE = 8;
const SEPARATOR = '|';

/** Sums in DynamoDB. An item holds the series of one metric and first label: a minute of a process touches a few small ones. */
export function dynamoMetricStore(
  client: DynamoDBClient,
  name: string,
  options: { clock: Clock; shard: number },
): MetricStore {
  const table = openTable(client, name, options.clock);
  const pk = partitionOf(Math.abs(options.shard) % SHARDS);
  return {
    add: async (sums) => {
      const items = new Map<string, Record<string, number>>();
      for (const [series, sum] of sums) {
        const { sk, attribute } = placeOf(series);
        items.set(sk, { ...items.get(sk), [attribute]: sum });
      }
      const expiresAt = table.expiryInDays(KEPT_DAYS);
      await inParallel([...items], WRITES_AT_ONCE, ([sk, add]) =>
        table.update({ pk, sk }, { add, set: { expiresAt } }),
      );
    },
    read: async () => {
      const sums = new Map<string, number>();
      for (let shard = 0; shard < SHARDS; shard += 1)
        for await (const item of table.query({ partition: partitionOf(shard) }))
          for (const [attribute, value] of Object.entries(item)) {
            if (typeof value !== 'number' || attribute === 'expiresAt') continue;
            const series = seriesOf(String(item.sk), attribute);
            sums.set(series, (sums.get(series) ?? 0) + value);
          }
      return sums;
    },
  };
}

/** No tenant's name begins with `#`. */
const partitionOf = (shard: number) => `#metrics#${shard}`;

function placeOf(series: string): { sk: string; attribute: string } {
  const [metric = '', first = '', ...rest] = series.split(SEPARATOR);
  return { sk: `${metric}${SEPARATOR}${first}`, attribute: `=${rest.join(SEPARATOR)}` };
}

function seriesOf(sk: string, attribute: string): string {
  const rest = attribute.slice(1);
  return [...sk.split(SEPARATOR).filter((part) => part !== ''), ...(rest === '' ? [] : [rest])].join(SEPARATOR);
}
