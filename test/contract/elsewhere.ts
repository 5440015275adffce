import { DeleteTableCommand, type DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, PutBucketVersioningCommand, type S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, DeleteQueueCommand, ListQueuesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { createTables } from '../../infra/local/tables.ts';
import { buckets, deadLetters, lostDeliveries, queueRetentionDays, queues } from '../../infra/topology.ts';

const servicesSchema = z.object({
  /** For the titles of tests. */
  name: z.string(),
  s3: z.url(),
  sqs: z.url(),
  dynamo: z.url(),
  /** What these services do not do though AWS does; the tests that ask for it are skipped, visibly, and say why. */
  lacks: z.array(z.enum(['signed-lengths', 'reply-headers', 'aborted-uploads', 'fair-queues', 'large-messages'])),
});
export type Services = z.infer<typeof servicesSchema>;

/** Other makers' services that the suites run against, from `npm run test:contracts`; undefined for the laptop's own. */
export const elsewhere: Services | undefined =
  process.env.CONTRACT_SERVICES === undefined
    ? undefined
    : servicesSchema.parse(JSON.parse(process.env.CONTRACT_SERVICES));

/** Ends the titles of tests: `s3 on the laptop`. */
export const place: string = elsewhere?.name ?? 'the laptop';

/** Whether the services that the suites run on lack something. The laptop lacks nothing that they ask for. */
export function lacks(what: Services['lacks'][number]): boolean {
  return elsewhere?.lacks.includes(what) ?? false;
}

const daySeconds = 86_400;

/** The topology's tables, queues and buckets, empty: what an earlier file of tests left is taken down first. */
export async function furnish(
  { s3: s3Address, dynamo: dynamoAddress }: Services,
  clients: { readonly s3: S3Client; readonly sqs: SQSClient; readonly dynamo: DynamoDBClient },
): Promise<ReadonlyMap<string, string>> {
  // S3 is always moto's. Its own way to forget everything, versions and open uploads too.
  await fetch(new URL('/moto-api/reset', s3Address), { method: 'POST' });
  await furnishTables(clients.dynamo, dynamoAddress);
  await furnishBuckets(clients.s3);
  return furnishQueues(clients.sqs);
}

async function furnishTables(client: DynamoDBClient, address: string): Promise<void> {
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  for (const TableName of TableNames) await client.send(new DeleteTableCommand({ TableName }));
  await createTables(address);
}

async function furnishBuckets(client: S3Client): Promise<void> {
  for (const [Bucket, { versioned }] of Object.entries(buckets)) {
    await client.send(new CreateBucketCommand({ Bucket }));
    const VersioningConfiguration = { Status: 'Enabled' as const };
    if (versioned) await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  }
}

async function furnishQueues(client: SQSClient): Promise<ReadonlyMap<string, string>> {
  const { QueueUrls = [] } = await client.send(new ListQueuesCommand({}));
  for (const QueueUrl of QueueUrls) await client.send(new DeleteQueueCommand({ QueueUrl }));
  const urls = new Map<string, string>();
  const create = async (name: string, visibilitySeconds: number, retentionDays: number) => {
    const Attributes = {
      VisibilityTimeout: String(visibilitySeconds),
      MessageRetentionPeriod: String(retentionDays * daySeconds),
    };
    const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName: name, Attributes }));
    urls.set(name, QueueUrl);
  };
  for (const [name, { visibilitySeconds }] of Object.entries(queues)) {
    await create(name, visibilitySeconds, queueRetentionDays);
    await create(`${name}-dead`, deadLetters.visibilitySeconds, deadLetters.retentionDays);
  }
  await create(lostDeliveries.queue, deadLetters.visibilitySeconds, lostDeliveries.retentionDays);
  return urls;
}
