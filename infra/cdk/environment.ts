import type { Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { readConfig } from '../../lib/config.ts';
import type { BucketName, TableName } from '../topology.ts';
import type { Queues } from './queues.ts';
import type { Settings } from './settings.ts';

type Name = keyof ReturnType<typeof readConfig>;

export interface Stores {
  readonly buckets: Readonly<Record<BucketName, Bucket>>;
  readonly tables: Readonly<Record<TableName, Table>>;
  readonly queues: Queues;
}

/** The environment of every function, by the names of lib/config.ts. A name gives no right: those follow the topology. */
export function functionEnvironment(
  stack: Stack,
  { buckets, tables, queues }: Stores,
  settings: Settings,
): Partial<Record<Name, string>> {
  return {
    UPLOADS_BUCKET: buckets.uploads.bucketName,
    DATA_BUCKET: buckets.data.bucketName,
    JOBS_TABLE: tables.jobs.tableName,
    PAGES_TABLE: tables.pages.tableName,
    CACHE_TABLE: tables.cache.tableName,
    ACCESS_TABLE: tables.access.tableName,
    COUNTERS_TABLE: tables.counters.tableName,
    UPLOADS_QUEUE_URL: queues.live.uploads.queueUrl,
    CHUNKS_SMALL_QUEUE_URL: queues.live['chunks-small'].queueUrl,
    CHUNKS_BULK_QUEUE_URL: queues.live['chunks-bulk'].queueUrl,
    FINISHED_QUEUE_URL: queues.live.finished.queueUrl,
    ANOMALY_THRESHOLD: String(settings.anomalyThreshold),
    LOG_GROUPS: JSON.stringify(settings.logGroups),
    OWN_LOG_GROUP_PREFIX: ownLogGroupPrefix(stack),
  };
}

/** All our functions log to groups under this prefix, so that one comparison tells our own logs from a tenant's. */
export function ownLogGroupPrefix(stack: Stack): string {
  return `/aws/lambda/${stack.stackName}-`;
}

/** Of the functions that may ask the language model. */
export function llmEnvironment(settings: Settings): Partial<Record<Name, string>> {
  if (settings.llm === undefined) return {};
  const { secretArn, baseUrl, model } = settings.llm;
  return {
    LLM_SECRET_ARN: secretArn,
    ...(baseUrl === undefined ? {} : { LLM_BASE_URL: baseUrl }),
    ...(model === undefined ? {} : { LLM_MODEL: model }),
  };
}
