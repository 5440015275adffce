import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';

/**
 * One client per service, made once per process. Addresses come from the SDK's own `AWS_ENDPOINT_URL_*`.
 * Checksums only where a service requires them: a presigned link cannot carry one of a body it has not seen.
 */
export function openClients(options: { pathStyle: boolean }) {
  const common = { maxAttempts: 5 };
  return {
    s3: new S3Client({
      ...common,
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
