import { gzipSync } from 'node:zlib';
import type { FunctionName } from '../../infra/topology.ts';

/** What AWS sends our functions, one example each. Account, region and ids are made up. */
const ACCOUNT = '111122223333';
const REGION = 'eu-central-1';
const API = `arn:aws:execute-api:${REGION}:${ACCOUNT}:a1b2c3d4e5/live`;
const UPLOADS = 'logsieve-uploads';

const identity = { sourceIp: '203.0.113.20', userAgent: 'curl/8.9.1' };
const requestContext = {
  accountId: ACCOUNT,
  apiId: 'a1b2c3d4e5',
  stage: 'live',
  requestId: '6f0d9a52-7c1e-4b0a-9f6e-2d1c0b9a8e77',
  identity,
};

function queueEvent(queue: string, body: unknown): unknown {
  return {
    Records: [
      {
        messageId: '059f36b4-87a3-44ab-83d2-661975830a7d',
        receiptHandle: 'a-receipt-handle',
        body: JSON.stringify(body),
        attributes: {
          ApproximateReceiveCount: '1',
          SentTimestamp: '1793606400000',
          SenderId: 'AIDAEXAMPLE',
          ApproximateFirstReceiveTimestamp: '1793606400100',
        },
        messageAttributes: {},
        md5OfBody: 'd41d8cd98f00b204e9800998ecf8427e',
        eventSource: 'aws:sqs',
        eventSourceARN: `arn:aws:sqs:${REGION}:${ACCOUNT}:${queue}`,
        awsRegion: REGION,
      },
    ],
  };
}

const objectCreated = {
  Records: [
    {
      eventVersion: '2.3',
      eventSource: 'aws:s3',
      awsRegion: REGION,
      eventTime: '2026-11-02T08:00:00.000Z',
      eventName: 'ObjectCreated:Put',
      userIdentity: { principalId: 'AWS:AROAEXAMPLE:writer' },
      requestParameters: { sourceIPAddress: '203.0.113.20' },
      responseElements: { 'x-amz-request-id': 'C3D13FE58DE4C810', 'x-amz-id-2': 'example' },
      s3: {
        s3SchemaVersion: '1.0',
        configurationId: 'uploads',
        bucket: { name: UPLOADS, ownerIdentity: { principalId: 'A3EXAMPLE' }, arn: `arn:aws:s3:::${UPLOADS}` },
        object: {
          // As S3 writes keys: `+` is a space, everything else percent-encoded.
          key: 'incoming/acme/november+logs/caf%C3%A9+%2B+bar.csv',
          size: 4_096,
          eTag: '9b2cf535f27731c974343645a3985328',
          versionId: 'L4kqtJlcpXroDTDmpUMLUo',
          sequencer: '0055AED6DCD90281E5',
        },
      },
    },
  ],
};

const chunk = {
  tenant: 'acme',
  jobId: '01jbnq3k5v0000000000sample',
  segment: 0,
  chunk: 0,
  object: {
    bucket: UPLOADS,
    key: 'incoming/acme/november.csv',
    version: 'L4kqtJlcpXroDTDmpUMLUo',
    etag: '9b2cf535f27731c974343645a3985328',
  },
  start: 35,
  end: 4_096,
  records: 40,
  firstRow: 1,
  firstLine: 2,
};

/** The payload inside the subscription event, readable. */
export const subscriptionPayload = {
  messageType: 'DATA_MESSAGE',
  owner: ACCOUNT,
  logGroup: '/aws/ecs/shop',
  logStream: 'orders/orders/0f1e2d3c4b5a',
  subscriptionFilters: ['logsieve'],
  logEvents: [
    {
      id: '36987654321098765432109876543210987654321098765432109876',
      timestamp: 1_793_606_400_000,
      message: 'INFO Order 48213 accepted in 12 ms',
    },
    {
      id: '36987654321098765432109876543210987654321098765432109877',
      timestamp: 1_793_606_401_500,
      message: 'ERROR Order 48214 could not be saved: connection pool exhausted',
    },
  ],
};

const classifyBody = {
  log_entries: [
    'Backup completed successfully.',
    { source: 'nginx', log_message: 'GET /api/v2/orders HTTP/1.1 status: 503', level: 'error' },
    { source: 'LegacyCRM', log_message: 'Support for API version 1 ends soon.', timestamp: '2026-11-02T08:00:00Z' },
  ],
};

const classify = {
  resource: '/v1/classify',
  path: '/v1/classify',
  httpMethod: 'POST',
  headers: { 'content-type': 'application/json', 'x-api-key': 'an-api-key', host: 'example.com' },
  multiValueHeaders: {
    'content-type': ['application/json'],
    'x-api-key': ['an-api-key'],
    host: ['example.com'],
  },
  queryStringParameters: null,
  multiValueQueryStringParameters: null,
  pathParameters: null,
  stageVariables: null,
  requestContext: {
    ...requestContext,
    resourcePath: '/v1/classify',
    path: '/live/v1/classify',
    httpMethod: 'POST',
    protocol: 'HTTP/1.1',
    authorizer: { tenant: 'acme', keyId: 'k1', scopes: 'ingest read', principalId: 'acme' },
  },
  body: JSON.stringify(classifyBody),
  isBase64Encoded: false,
};

const authorize = {
  type: 'REQUEST',
  methodArn: `${API}/GET/v1/jobs`,
  resource: '/v1/jobs',
  path: '/v1/jobs',
  httpMethod: 'GET',
  headers: { 'x-api-key': 'an-api-key' },
  multiValueHeaders: { 'x-api-key': ['an-api-key'] },
  queryStringParameters: {},
  multiValueQueryStringParameters: {},
  pathParameters: {},
  stageVariables: {},
  requestContext: { ...requestContext, resourcePath: '/v1/jobs', path: '/live/v1/jobs', httpMethod: 'GET' },
};

/** Gzip with the same bytes on every machine: stored, as compressors differ, and byte 9 (the operating system) unknown. */
function stableGzip(text: string): Buffer {
  const gzip = gzipSync(text, { level: 0 });
  gzip[9] = 0xff;
  return gzip;
}

const subscription = { awslogs: { data: stableGzip(JSON.stringify(subscriptionPayload)).toString('base64') } };

/** File name -> the function that hears it, and the event. */
export const awsEvents: Readonly<Record<string, { readonly hearer: FunctionName; readonly event: unknown }>> = {
  'apigw-classify.json': { hearer: 'classify-http', event: classify },
  'authorizer.json': { hearer: 'authorize', event: authorize },
  's3-object-created.json': { hearer: 'ingest-upload', event: queueEvent('logsieve-uploads', objectCreated) },
  'sqs-chunk.json': { hearer: 'classify-worker', event: queueEvent('logsieve-chunks-small', chunk) },
  'sqs-finished.json': {
    hearer: 'finish-job',
    event: queueEvent('logsieve-finished', { tenant: chunk.tenant, jobId: chunk.jobId, segment: chunk.segment }),
  },
  'cloudwatch-logs-subscription.json': { hearer: 'ingest-logs', event: subscription },
};

/** A body for `POST /v1/batches`. */
export const batchBody = [
  { source: 'orders-service', level: 'INFO', log_message: 'Order 48213 accepted in 12 ms' },
  { source: 'orders-service', level: 'ERROR', log_message: 'Order 48214 could not be saved: read timed out' },
  { source: 'redis', log_message: "Can't save in background: fork: Cannot allocate memory" },
  { source: 'worker.py', level: 'INFO', log_message: 'Task thumbnail[9ee7ed0e] succeeded in 0.412s', attempt: 1 },
]
  .map((record) => `${JSON.stringify(record)}\n`)
  .join('');
