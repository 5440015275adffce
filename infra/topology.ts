import { LIMITS } from '../lib/domain/limits.ts';
import type { Route } from '../lib/http/route.ts';
import { routeTable } from '../lib/http/route-table.ts';

/**
 * The whole system, described once: what there is, who hears whom, and every limit between them.
 * The CDK stack (infra/cdk) and the laptop stack (infra/local) are both built from this and from nothing else.
 */

export type BucketName = 'uploads' | 'data';
export type TableName = 'jobs' | 'pages' | 'cache' | 'access' | 'counters';
export type QueueName = 'uploads' | 'chunks-small' | 'chunks-bulk' | 'finished';
export type FunctionName =
  | 'authorize'
  | 'api'
  | 'classify-http'
  | 'classify-worker'
  | 'ingest-upload'
  | 'ingest-logs'
  | 'finish-job'
  | 'sweep'
  | 'report-errors';

export interface BucketTopology {
  readonly versioned: boolean;
  /** Objects created under the prefix are told to the queue. */
  readonly notifies?: { readonly prefix: string; readonly queue: QueueName };
  /** Multipart uploads left open are aborted after so many days. */
  readonly abortMultipartDays: number;
  /** Objects are deleted after so many days, unless the stage's `retention` says otherwise. */
  readonly expireDays?: number;
}

export interface TableTopology {
  /** Every table has a string partition key `pk` and sort key `sk`; every tenant's keys begin with the tenant and `#`. */
  readonly indexes: Readonly<Record<string, { readonly partition: string; readonly sort: string }>>;
  /** Attribute that holds the expiry, epoch seconds. */
  readonly expires?: string;
}

export interface QueueTopology {
  /** At least six times the hearing function's timeout plus the window. */
  readonly visibilitySeconds: number;
  /** Receives before a message goes to the dead-letter queue `<name>-dead`. */
  readonly maxReceives: number;
  /** Messages carry the tenant as message group, so that one tenant's backlog does not starve the others. */
  readonly fair: boolean;
}

export interface FunctionTopology {
  /** `image`: the container image with the models; `bundle`: a zip of one file. Both are built by infra/commands/build.ts from `functions/<folder>/<entry>.ts`. */
  readonly code: { readonly kind: 'image' | 'bundle'; readonly folder: string; readonly entry: string };
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** Queues it hears. `concurrency` caps the mapping (SQS allows no less than 2). */
  readonly hears?: readonly {
    readonly queue: QueueName;
    readonly batch: number;
    readonly windowSeconds: number;
    readonly concurrency: number;
  }[];
  readonly everyMinutes?: number;
  /** CloudWatch Logs may invoke it. */
  readonly hearsLogs?: true;
  /** Gets the errors in the other functions' logs, where the owner has them sent somewhere. */
  readonly hearsErrors?: true;
  readonly reads: readonly (BucketName | TableName)[];
  readonly writes: readonly (BucketName | TableName)[];
  readonly sends: readonly QueueName[];
  /** Takes what lies in the dead-letter queues. */
  readonly drains?: true;
  /** Asks every queue, dead letters too, how many messages wait. */
  readonly watches?: true;
  /** Puts `JobFinished` on the account's default event bus. */
  readonly tells?: true;
  readonly secret?: 'llm';
}

/** What both gateways need of a route. */
export type RouteTopology = Pick<Route, 'method' | 'path' | 'handledBy' | 'scope'>;

export const buckets: Readonly<Record<BucketName, BucketTopology>> = {
  uploads: { versioned: true, notifies: { prefix: 'incoming/', queue: 'uploads' }, abortMultipartDays: 2 },
  data: { versioned: false, abortMultipartDays: 8, expireDays: LIMITS.retentionDays },
};

export const tables: Readonly<Record<TableName, TableTopology>> = {
  jobs: {
    indexes: {
      byTenant: { partition: 'tenantJobs', sort: 'createdAtId' },
      open: { partition: 'openShard', sort: 'touchedAt' },
    },
    expires: 'expiresAt',
  },
  pages: { indexes: {}, expires: 'expiresAt' },
  cache: { indexes: {}, expires: 'expiresAt' },
  access: { indexes: {} },
  /** Quotas' use, who used what, and the service's own numbers: written often, small, and never the only copy of anything. */
  counters: { indexes: {}, expires: 'expiresAt' },
};

export const queues: Readonly<Record<QueueName, QueueTopology>> = {
  uploads: { visibilitySeconds: 1_810, maxReceives: 5, fair: false },
  'chunks-small': { visibilitySeconds: 730, maxReceives: 5, fair: false },
  'chunks-bulk': { visibilitySeconds: 730, maxReceives: 5, fair: true },
  finished: { visibilitySeconds: 1_810, maxReceives: 5, fair: false },
};

/**
 * Every queue has a dead-letter queue `<name>-dead`, kept longer than the queue itself so that there is time to look. What
 * is taken is hidden for longer than a run of the function that drains it, and for less than the time to the next.
 */
export const queueRetentionDays = 4;
export const deadLetters = { visibilitySeconds: 240, retentionDays: 14 } as const;
/** Log deliveries that ingest-logs could not take: CloudWatch Logs invokes without a queue, so the failures get one. */
export const lostDeliveries = { queue: 'ingest-logs-lost', retentionDays: 14, maxAgeSeconds: 3_600 } as const;

export const functions: Readonly<Record<FunctionName, FunctionTopology>> = {
  authorize: {
    code: { kind: 'bundle', folder: 'authorize', entry: 'authorize' },
    timeoutSeconds: 5,
    memoryMb: 256,
    reads: ['access'],
    writes: [],
    sends: [],
  },
  api: {
    code: { kind: 'bundle', folder: 'api', entry: 'api' },
    timeoutSeconds: 28,
    memoryMb: 512,
    reads: ['jobs', 'pages', 'data', 'uploads', 'access', 'counters'],
    writes: ['jobs', 'data', 'uploads', 'access', 'counters'],
    sends: ['uploads', 'chunks-bulk', 'finished'],
    watches: true,
  },
  'classify-http': {
    code: { kind: 'image', folder: 'classify', entry: 'http' },
    timeoutSeconds: 28,
    memoryMb: 1_769,
    reads: ['cache', 'jobs', 'pages', 'data', 'uploads', 'counters'],
    writes: ['cache', 'jobs', 'data', 'counters'],
    sends: ['uploads'],
    secret: 'llm',
  },
  'classify-worker': {
    code: { kind: 'image', folder: 'classify', entry: 'worker' },
    timeoutSeconds: 120,
    memoryMb: 3_008,
    hears: [
      { queue: 'chunks-small', batch: 2, windowSeconds: 0, concurrency: 2 },
      { queue: 'chunks-bulk', batch: 2, windowSeconds: 0, concurrency: 4 },
    ],
    reads: ['jobs', 'data', 'uploads', 'cache'],
    writes: ['jobs', 'pages', 'cache', 'counters'],
    sends: ['finished'],
    secret: 'llm',
  },
  'ingest-upload': {
    code: { kind: 'bundle', folder: 'ingest-upload', entry: 'ingest-upload' },
    timeoutSeconds: 300,
    memoryMb: 512,
    hears: [{ queue: 'uploads', batch: 1, windowSeconds: 0, concurrency: 2 }],
    reads: ['uploads', 'data', 'jobs', 'counters'],
    writes: ['data', 'jobs', 'counters'],
    sends: ['uploads', 'chunks-small', 'chunks-bulk', 'finished'],
  },
  'ingest-logs': {
    code: { kind: 'bundle', folder: 'ingest-logs', entry: 'ingest-logs' },
    timeoutSeconds: 60,
    memoryMb: 512,
    hearsLogs: true,
    reads: ['jobs', 'data', 'counters'],
    writes: ['data', 'jobs', 'counters'],
    sends: ['chunks-small', 'finished'],
  },
  'finish-job': {
    code: { kind: 'bundle', folder: 'finish-job', entry: 'finish-job' },
    timeoutSeconds: 300,
    memoryMb: 1_769,
    hears: [{ queue: 'finished', batch: 1, windowSeconds: 0, concurrency: 2 }],
    reads: ['jobs', 'pages', 'data', 'uploads'],
    writes: ['jobs', 'data', 'counters'],
    sends: ['finished'],
    tells: true,
  },
  sweep: {
    code: { kind: 'bundle', folder: 'sweep', entry: 'sweep' },
    timeoutSeconds: 60,
    memoryMb: 256,
    everyMinutes: 5,
    drains: true,
    reads: ['jobs', 'uploads', 'data', 'counters'],
    writes: ['jobs', 'counters'],
    sends: ['finished', 'uploads', 'chunks-bulk'],
  },
  'report-errors': {
    code: { kind: 'bundle', folder: 'report-errors', entry: 'report-errors' },
    timeoutSeconds: 30,
    memoryMb: 256,
    hearsErrors: true,
    reads: [],
    writes: [],
    sends: [],
  },
};

/** Every route with its schemas: lib/http/routes. */
export const routes: readonly RouteTopology[] = routeTable;

/** The gateway's own bounds: a body in bytes, and how long an authorizer's answer is kept. */
export const gateway = {
  bodyBytes: 10 * 1024 * 1024,
  /** Of the request line and all headers. */
  headBytes: 10_240,
  lambdaPayloadBytes: 6 * 1024 * 1024,
  timeoutMs: 29_000,
  authorizerCacheSeconds: 60,
  /** Of the whole stage, the coarse outer limit: keys and tenants have quotas of their own (lib/access). */
  throttle: { perSecond: 2_000, burst: 4_000 },
} as const;
