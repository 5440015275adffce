import { randomBytes } from 'node:crypto';
import { openLineQuota } from '../lib/access/line-quota.ts';
import { openQuotaGate } from '../lib/access/quota-gate.ts';
import { openClients } from '../lib/aws/clients.ts';
import { dynamoCounterStore } from '../lib/aws/counter-store.ts';
import { sqsDeadLetterQueue } from '../lib/aws/dead-letter-queue.ts';
import { eventBridgeJobEvents } from '../lib/aws/event-bus.ts';
import { dynamoJobStore } from '../lib/aws/job-store.ts';
import { dynamoKeyStore } from '../lib/aws/key-store.ts';
import { s3LinkSigner } from '../lib/aws/link-signer.ts';
import { dynamoMetricStore } from '../lib/aws/metric-store.ts';
import { s3ObjectStore } from '../lib/aws/object-store.ts';
import { dynamoPageStore } from '../lib/aws/page-store.ts';
import { sqsQueue } from '../lib/aws/queue.ts';
import { sqsQueueDepths } from '../lib/aws/queue-depths.ts';
import { secretsManagerSecrets } from '../lib/aws/secrets.ts';
import { dynamoLabelSets, dynamoRuleSets, dynamoTenantSettings } from '../lib/aws/tenant-store.ts';
import { dynamoUsageStore } from '../lib/aws/usage-store.ts';
import { dynamoVerdictCache } from '../lib/aws/verdict-cache.ts';
import { type Config, readConfig } from '../lib/config.ts';
import type { Chunk, Finished, IngestOrder } from '../lib/domain/chunk.ts';
import { Fault, InvalidInput } from '../lib/domain/errors.ts';
import { rememberTerms } from '../lib/jobs/tenant-terms.ts';
import { createLog } from '../lib/log.ts';
import { openTelemetry } from '../lib/metrics/telemetry.ts';
import type { Clock } from '../lib/ports.ts';

export const clock: Clock = { now: () => new Date() };
export const log = createLog({ write: (line) => process.stdout.write(`${line}\n`), clock });

let opened: ReturnType<typeof composePorts> | undefined;

/** Every port on its AWS adapter, composed once per process from the environment. */
export function openPorts() {
  opened ??= composePorts();
  return opened;
}

function composePorts() {
  const config = deployedConfig();
  const clients = openClients({ pathStyle: config.S3_PATH_STYLE });
  const keepDays = config.RETENTION_DAYS;
  const settings = dynamoTenantSettings(clients.dynamo, config.JOBS_TABLE, clock);
  const counters = dynamoCounterStore(clients.dynamo, config.COUNTERS_TABLE, clock);
  const usage = dynamoUsageStore(clients.dynamo, config.COUNTERS_TABLE, clock);
  const metrics = dynamoMetricStore(clients.dynamo, config.COUNTERS_TABLE, { clock, shard: process.pid });
  const quota = openQuotaGate({ counters, clock, quotas: config.QUOTAS });
  const telemetry = openTelemetry({ metrics, usage, clock, log });
  const queueUrls = {
    uploads: config.UPLOADS_QUEUE_URL,
    'chunks-small': config.CHUNKS_SMALL_QUEUE_URL,
    'chunks-bulk': config.CHUNKS_BULK_QUEUE_URL,
    finished: config.FINISHED_QUEUE_URL,
  };
  const queue = <Body>(url: string, fair = false) => sqsQueue<Body>(clients.sqs, url, { fair });
  return {
    config,
    clock,
    log,
    random: randomBytes,
    uploadsBucket: config.UPLOADS_BUCKET,
    dataBucket: config.DATA_BUCKET,
    anomalyThreshold: config.ANOMALY_THRESHOLD,
    objects: s3ObjectStore(clients.s3),
    links: s3LinkSigner(clients.s3),
    jobs: dynamoJobStore(clients.dynamo, config.JOBS_TABLE, clock, keepDays),
    pages: dynamoPageStore(clients.dynamo, config.PAGES_TABLE, clock, keepDays),
    cache: dynamoVerdictCache(clients.dynamo, config.CACHE_TABLE, clock, keepDays),
    settings,
    termsOf: rememberTerms(settings, clock),
    labelSets: dynamoLabelSets(clients.dynamo, config.JOBS_TABLE, clock, keepDays),
    ruleSets: dynamoRuleSets(clients.dynamo, config.JOBS_TABLE, clock, keepDays),
    keys: dynamoKeyStore(clients.dynamo, config.ACCESS_TABLE, clock),
    counters,
    metrics,
    usage,
    quota,
    telemetry,
    lines: openLineQuota(quota, {
      used: telemetry.used,
      count: (metric, label, by) => telemetry.meter.count(metric, [label], by),
    }),
    deadLetters: Object.values(queueUrls).map((url) => sqsDeadLetterQueue(clients.sqs, deadOf(url))),
    queueDepths: sqsQueueDepths(clients.sqs, withDead(queueUrls)),
    events: eventBridgeJobEvents(clients.eventBridge),
    secrets: secretsManagerSecrets(clients.secretsManager, clock),
    ingestOrders: queue<IngestOrder>(config.UPLOADS_QUEUE_URL),
    chunksSmall: queue<Chunk>(config.CHUNKS_SMALL_QUEUE_URL),
    chunksBulk: queue<Chunk>(config.CHUNKS_BULK_QUEUE_URL, true),
    finished: queue<Finished>(config.FINISHED_QUEUE_URL),
  };
}

/** A dead-letter queue has the name of its queue and `-dead` (infra/topology.ts). */
const deadOf = (name: string) => `${name}-dead`;

function withDead(urls: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(urls).flatMap(([name, url]) => [
      [name, url],
      [deadOf(name), deadOf(url)],
    ]),
  );
}

function deployedConfig(): Config {
  try {
    return readConfig();
  } catch (error) {
    throw deploymentFault(error);
  }
}

/**
 * What is invalid about our own settings or models is ours to mend: as `InvalidInput` the caller would be told of it, and
 * a queue's message would be acknowledged.
 */
export function deploymentFault(error: unknown): unknown {
  return error instanceof InvalidInput ? new Fault(error.code, error.message, { cause: error }) : error;
}
