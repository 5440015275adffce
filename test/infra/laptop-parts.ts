import { DescribeTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { hearingQueue } from '../../infra/local/s3-event.ts';
import { localCredentials, localRegion } from '../../infra/local/signature.ts';
import { wiring } from '../../infra/local/wiring.ts';
import { buckets } from '../../infra/topology.ts';
import { DAY_SECONDS, type Parts, say } from './parts.ts';

/** Asks the emulators what they hold, and the stack what it starts beside them. */
export async function laptopParts(endpoint: string): Promise<Parts> {
  const options = { endpoint, region: localRegion, credentials: localCredentials };
  const [sqs, dynamo, s3] = [
    new SQSClient(options),
    new DynamoDBClient(options),
    new S3Client({ ...options, forcePathStyle: true }),
  ];
  try {
    return [
      ...(await laptopQueues(sqs)),
      ...(await laptopTables(dynamo)),
      ...((await s3.send(new ListBucketsCommand({}))).Buckets ?? []).map(({ Name = '' }) => laptopBucket(Name)),
      ...wiring.functions.map(({ name, timeoutSeconds, memoryMb }) => say.function(name, timeoutSeconds, memoryMb)),
      ...wiring.mappings.map(({ hearing, ...heard }) => say.hears(hearing, heard)),
      ...wiring.schedules.map(({ name, everyMinutes }) => say.schedule(name, everyMinutes)),
      ...wiring.routes.map(({ method, path, handledBy, scope }) =>
        say.route(`${method} ${path}`, handledBy, scope === undefined),
      ),
    ].sort();
  } finally {
    for (const client of [sqs, dynamo, s3]) client.destroy();
  }
}

const redriveSchema = z.object({ maxReceiveCount: z.coerce.number(), deadLetterTargetArn: z.string() });

async function laptopQueues(sqs: SQSClient): Promise<Parts> {
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
  return Promise.all(
    QueueUrls.map(async (QueueUrl) => {
      const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
      const { RedrivePolicy, VisibilityTimeout, MessageRetentionPeriod } = Attributes;
      const redrive = RedrivePolicy === undefined ? undefined : redriveSchema.parse(JSON.parse(RedrivePolicy));
      return say.queue(
        QueueUrl.split('/').at(-1) ?? '',
        Number(VisibilityTimeout),
        Number(MessageRetentionPeriod) / DAY_SECONDS,
        redrive && { tries: redrive.maxReceiveCount, dead: redrive.deadLetterTargetArn.split(':').at(-1) ?? '' },
      );
    }),
  );
}

async function laptopTables(dynamo: DynamoDBClient): Promise<Parts> {
  const { TableNames = [] } = await dynamo.send(new ListTablesCommand({}));
  return Promise.all(
    TableNames.map(async (TableName) => {
      const { Table } = await dynamo.send(new DescribeTableCommand({ TableName }));
      const indexes = (Table?.GlobalSecondaryIndexes ?? []).map(({ IndexName = '', KeySchema = [] }) =>
        say.index(
          IndexName,
          KeySchema.map(({ AttributeName }) => AttributeName),
        ),
      );
      return say.table(TableName, indexes);
    }),
  );
}

/** An object is put under every prefix that the topology knows, and under none. */
function laptopBucket(bucket: string): string {
  const prefixes = [...Object.values(buckets).flatMap(({ notifies }) => notifies?.prefix ?? []), 'elsewhere/'];
  const object = { bucket, bytes: 0, etag: '', modifiedMs: 0, sequencer: '', headers: {}, pieces: [] };
  const told = prefixes.flatMap((prefix) => {
    const queue = hearingQueue({ ...object, key: `${prefix}acme/a.csv` });
    return queue === undefined ? [] : [say.tells(prefix, queue)];
  });
  return say.bucket(bucket, told.length === 0 ? undefined : told.join(' and '));
}
