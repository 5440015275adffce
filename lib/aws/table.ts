import { setTimeout as wait } from 'node:timers/promises';
import {
  type AttributeValue,
  BatchGetItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { Retryable } from '../domain/errors.ts';
import type { Clock } from '../ports.ts';
import { errorName, toLogsieveError, translated } from './errors.ts';
import { type Update, updateExpression } from './update-expression.ts';

export interface Key {
  readonly pk: string;
  readonly sk: string;
}
export type Item = Readonly<Record<string, unknown>>;
export interface Query {
  readonly partition: string;
  /** Sort keys that begin with this. */
  readonly prefix?: string;
  /** Sort keys from this one on, within the prefix. */
  readonly from?: string;
  /** Sort keys before this one. */
  readonly before?: string;
  readonly index?: { readonly name: string; readonly partition: string; readonly sort: string };
  readonly newestFirst?: boolean;
  readonly startKey?: Readonly<Record<string, string>>;
  readonly limit?: number;
}

/** What the stores need of a DynamoDB table with `pk`, `sk` and `expiresAt`. Reads are strongly consistent, except of an index. */
export type Table = ReturnType<typeof openTable>;

/** DynamoDB deletes expired items days late, so they are left out here. */
export function openTable(client: DynamoDBClient, name: string, clock: Clock) {
  const nowSeconds = () => Math.floor(clock.now().getTime() / 1_000);
  const live = (item: Item) => typeof item.expiresAt !== 'number' || item.expiresAt > nowSeconds();
  return {
    expiryInDays: (days: number) => nowSeconds() + days * 86_400,
    get: async (key: Key): Promise<Item | undefined> => {
      const command = new GetItemCommand({ TableName: name, Key: marshall(key), ConsistentRead: true });
      const { Item: found } = await translated('get item', () => client.send(command));
      const item = found === undefined ? undefined : unmarshall(found);
      return item !== undefined && live(item) ? item : undefined;
    },
    getMany: async (keys: readonly Key[]): Promise<Item[]> => (await getMany(client, name, keys)).filter(live),
    put: (item: Key & Item): Promise<void> =>
      translated('put item', async () => {
        await client.send(new PutItemCommand({ TableName: name, Item: toAttributes(item) }));
      }),
    /** False when there is a live item already. */
    putIfAbsent: async (item: Key & Item): Promise<boolean> => {
      const command = new PutItemCommand({
        TableName: name,
        Item: toAttributes(item),
        ConditionExpression: 'attribute_not_exists(pk) OR expiresAt < :now',
        ExpressionAttributeValues: { ':now': { N: String(nowSeconds()) } },
      });
      return (await unlessRefused('put item', () => client.send(command))) !== undefined;
    },
    /** The item as it then stands; undefined when a condition did not hold. */
    update: async (key: Key, update: Update): Promise<Item | undefined> => {
      const command = new UpdateItemCommand({
        TableName: name,
        Key: marshall(key),
        ...updateExpression(update),
        ReturnValues: 'ALL_NEW',
      });
      const answer = await unlessRefused('update item', () => client.send(command));
      return answer?.Attributes === undefined ? undefined : unmarshall(answer.Attributes);
    },
    query: async function* (query: Query): AsyncGenerator<Item> {
      for await (const item of queryAll(client, name, query)) if (live(item)) yield item;
    },
  };
}

async function* queryAll(client: DynamoDBClient, name: string, query: Query): AsyncGenerator<Item> {
  let startKey = query.startKey === undefined ? undefined : marshall(query.startKey);
  do {
    const command = new QueryCommand({
      TableName: name,
      IndexName: query.index?.name,
      ConsistentRead: query.index === undefined,
      ScanIndexForward: !query.newestFirst,
      ExclusiveStartKey: startKey,
      Limit: query.limit,
      ...keyCondition(query),
    });
    const page = await translated('query', () => client.send(command));
    for (const item of page.Items ?? []) yield unmarshall(item);
    startKey = page.LastEvaluatedKey;
  } while (startKey !== undefined);
}

/** DynamoDB takes one condition on the sort key, so a prefix with a lower end becomes a range. U+10FFFF ends it: no sort key of ours holds that. */
function keyCondition({ partition, prefix, from, before, index }: Query) {
  const low = from ?? prefix;
  const high = before ?? (prefix === undefined ? undefined : `${prefix}\u{10FFFF}`);
  const names = { '#partition': index?.partition ?? 'pk' };
  const values = { ':partition': { S: partition } };
  const sort = { '#sort': index?.sort ?? 'sk' };
  if (low !== undefined && high !== undefined)
    return {
      KeyConditionExpression: '#partition = :partition AND #sort BETWEEN :low AND :high',
      ExpressionAttributeNames: { ...names, ...sort },
      ExpressionAttributeValues: { ...values, ':low': { S: low }, ':high': { S: high } },
    };
  if (high !== undefined)
    return {
      KeyConditionExpression: '#partition = :partition AND #sort < :high',
      ExpressionAttributeNames: { ...names, ...sort },
      ExpressionAttributeValues: { ...values, ':high': { S: high } },
    };
  if (low !== undefined)
    return {
      KeyConditionExpression: '#partition = :partition AND #sort >= :low',
      ExpressionAttributeNames: { ...names, ...sort },
      ExpressionAttributeValues: { ...values, ':low': { S: low } },
    };
  return {
    KeyConditionExpression: '#partition = :partition',
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  };
}

const GET_KEYS = 100;
const ATTEMPTS = 6;

async function getMany(client: DynamoDBClient, name: string, keys: readonly Key[], attempt = 1): Promise<Item[]> {
  const items: Item[] = [];
  const unread: Record<string, AttributeValue>[] = [];
  for (let start = 0; start < keys.length; start += GET_KEYS) {
    const Keys = keys.slice(start, start + GET_KEYS).map((key) => marshall({ pk: key.pk, sk: key.sk }));
    const command = new BatchGetItemCommand({ RequestItems: { [name]: { Keys } } });
    const answer = await translated('get items', () => client.send(command));
    items.push(...(answer.Responses?.[name] ?? []).map((item) => unmarshall(item)));
    unread.push(...(answer.UnprocessedKeys?.[name]?.Keys ?? []));
  }
  if (unread.length === 0) return items;
  if (attempt === ATTEMPTS) throw new Retryable('table-unavailable', 'get items: keys left unread');
  await wait(2 ** attempt * 25);
  const again = unread.map((key) => ({ pk: key.pk?.S ?? '', sk: key.sk?.S ?? '' }));
  return [...items, ...(await getMany(client, name, again, attempt + 1))];
}

function toAttributes(item: Item): Record<string, AttributeValue> {
  return marshall(item, { removeUndefinedValues: true });
}

async function unlessRefused<Answer>(what: string, call: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await call();
  } catch (error) {
    if (errorName(error) === 'ConditionalCheckFailedException') return undefined;
    throw toLogsieveError(what, error);
  }
}
