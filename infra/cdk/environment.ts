import type { Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { readConfig } from '../../lib/config.ts';
import type { BucketName, FunctionName, TableName } from '../topology.ts';
import type { Queues } from './queues.ts';
import type { LogGroupSetting } from './settings/judging.ts';
import type { Settings } from './settings.ts';

type Name = keyof ReturnType<typeof readConfig>;

export interface Stores {
  /** Set where the owner wants a key of their own. */
  readonly key: IKey | undefined;
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
    RETENTION_DAYS: String(settings.retention.resultDays),
    ANOMALY_THRESHOLD: String(settings.anomalyThreshold),
    LOG_GROUPS: logGroupsVariable(settings.logGroups, stack.account),
    ...(settings.cors.length === 0 ? {} : { CORS_ORIGINS: settings.cors.join(' ') }),
    ...(settings.quotas === undefined ? {} : { QUOTAS: JSON.stringify(settings.quotas) }),
    OWN_LOG_GROUP_PREFIX: ownLogGroupPrefix(stack),
  };
}

/**
 * Whose the log groups are, as lib/config.ts reads it. Every entry names its account: one without would take in a group
 * of the same name that another account, which has an entry of its own, delivers from.
 */
export function logGroupsVariable(logGroups: Settings['logGroups'], own: string): string {
  return JSON.stringify(
    logGroups.map((group) => {
      const { tenant } = group;
      const account = accountOf(group, own);
      return 'name' in group
        ? { prefix: group.name, tenant, account, exact: true }
        : { prefix: group.prefix, tenant, account };
    }),
  );
}

/** The account a log group lies in: `own`, the stack's, where the settings name no other. */
export function accountOf(group: LogGroupSetting, own: string): string {
  return ('account' in group ? group.account : undefined) ?? own;
}

/** All our functions log to groups under this prefix, so that one comparison tells our own logs from a tenant's. */
export function ownLogGroupPrefix(stack: Stack): string {
  return `/aws/lambda/${stack.stackName}-`;
}

/** Of the functions that carry the models. Paths are those of the image: functions/classify/Dockerfile. */
export function modelsEnvironment({ models }: Settings): Partial<Record<Name, string>> {
  const { entailment, split } = models;
  return {
    ...(entailment === undefined ? {} : { ENTAILMENT_FOLDER: `/var/task/${entailment}` }),
    ...(split === undefined
      ? {}
      : { SPLIT_MODELS_FOLDER: `/var/task/${split.folder}`, SPLIT_MODELS_SHARE: String(split.share) }),
  };
}

/** Of a function in the image: several share it, so a bundle lies in a folder of its name and not where the process starts. */
export function imageEnvironment(name: FunctionName): Partial<Record<Name, string>> {
  return { ASSETS_FOLDER: `/var/task/${name}/assets` };
}

/** Of the functions that may ask the language model. */
export function llmEnvironment(settings: Settings): Partial<Record<Name, string>> {
  if (settings.llm === undefined) return {};
  const { secretArn, baseUrl, model, inputUsdPerMillion, outputUsdPerMillion } = settings.llm;
  return {
    LLM_SECRET_ARN: secretArn,
    ...(baseUrl === undefined ? {} : { LLM_BASE_URL: baseUrl }),
    ...(model === undefined ? {} : { LLM_MODEL: model }),
    ...(inputUsdPerMillion === undefined ? {} : { LLM_INPUT_USD_PER_MILLION: String(inputUsdPerMillion) }),
    ...(outputUsdPerMillion === undefined ? {} : { LLM_OUTPUT_USD_PER_MILLION: String(outputUsdPerMillion) }),
  };
}

/** Of the function that passes errors on. */
export function errorsEnvironment({ errors }: Settings): Partial<Record<Name, string>> {
  if (errors === undefined) return {};
  const { otlpEndpoint, otlpHeadersSecretArn, sentryDsn } = errors;
  return {
    ...(otlpEndpoint === undefined ? {} : { ERRORS_OTLP_ENDPOINT: otlpEndpoint }),
    ...(otlpHeadersSecretArn === undefined ? {} : { ERRORS_OTLP_HEADERS_SECRET_ARN: otlpHeadersSecretArn }),
    ...(sentryDsn === undefined ? {} : { ERRORS_SENTRY_DSN: sentryDsn }),
  };
}
