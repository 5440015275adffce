import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';

/**
 * How long a try may take. The SDK has no bounds of its own: a service that accepts and says nothing would hold a
 * function until its own time is up. DynamoDB and SQS answer in milliseconds; a part of an upload takes as long as its
 * bytes. A stream that is read slowly on purpose is idle meanwhile, so S3's sockets get longer than any step of ours.
 */
const BOUNDS_MS = { connect: 2_000, answer: 6_000, objectAnswer: 60_000, objectIdle: 120_000 } as const;
const TRIES = 5;

/**
 * One client per service, made once per process. Addresses come from the SDK's own `AWS_ENDPOINT_URL_*`.
 * Checksums only where a service requires them: a presigned link cannot carry one of a body it has not seen.
 */
export function openClients(options: {
  pathStyle: boolean;
  boundsMs?: Partial<Record<keyof typeof BOUNDS_MS, number>>;
}) {
  const bounds = { ...BOUNDS_MS, ...options.boundsMs };
  const handler = (requestTimeout: number, socketTimeout: number) => ({
    connectionTimeout: bounds.connect,
    requestTimeout,
    socketTimeout,
    throwOnRequestTimeout: true,
  });
  const common = { maxAttempts: TRIES, requestHandler: handler(bounds.answer, bounds.answer) };
  return {
    s3: new S3Client({
      maxAttempts: TRIES,
      requestHandler: handler(bounds.objectAnswer, bounds.objectIdle),
      forcePathStyle: options.pathStyle,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    }),
    sqs: new SQSClient(common),
    dynamo: new DynamoDBClient(common),
    eventBridge: new EventBridgeClient(common),
    secretsManager: new SecretsManagerClient(common),
  };
}
