import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type Emulators, startEmulators } from '../../../infra/local/emulators.ts';
import { queueUrl } from '../../../infra/local/queues.ts';
import { localCredentials, localRegion } from '../../../infra/local/signature.ts';

/** The emulators on any port with everything in `folder`, and SDK clients for them. */
export async function startLocalEmulators(folder: string, now: () => number = Date.now) {
  const nothing = () => undefined;
  const emulators: Emulators = await startEmulators({
    folder,
    port: 0,
    now,
    serveInvoke: nothing,
    serveEvents: nothing,
  });
  const { endpoint } = emulators;
  const common = { endpoint, region: localRegion, credentials: localCredentials };
  return {
    ...emulators,
    s3: new S3Client({ ...common, requestChecksumCalculation: 'WHEN_REQUIRED' }),
    /** As a user's SDK does by default: with a checksum in a trailer. */
    s3WithChecksums: new S3Client(common),
    sqs: new SQSClient(common),
    dynamo: new DynamoDBClient(common),
    queue: (name: string) => queueUrl(endpoint, name),
  };
}
