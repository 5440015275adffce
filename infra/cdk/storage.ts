import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  CfnBucket,
  type CorsRule,
  HttpMethods,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { type BucketName, type BucketTopology, buckets, type TableName, tables } from '../topology.ts';
import { acknowledge } from './acknowledge.ts';
import { mapValues } from './map-values.ts';
import type { Queues } from './queues.ts';
import type { Settings } from './settings.ts';

/** Private, encrypted buckets that take TLS only; an object created under a notifying prefix is told to its queue. */
export function addBuckets(
  stack: Stack,
  { queues, key }: { queues: Queues; key: IKey | undefined },
  settings: Settings,
): Readonly<Record<BucketName, Bucket>> {
  return mapValues(buckets, (topology, name) => {
    const bucketName = `${stack.stackName}-${name}-${stack.account}-${stack.region}`;
    const bucket = new Bucket(stack, `${name}-bucket`, {
      bucketName,
      versioned: topology.versioned,
      encryption: key === undefined ? BucketEncryption.S3_MANAGED : BucketEncryption.KMS,
      encryptionKey: key,
      bucketKeyEnabled: key === undefined ? undefined : true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy: removalOf(settings),
      lifecycleRules: [lifecycle(topology, settings)],
      ...(name === 'uploads' ? { cors: corsRules(settings) } : {}),
    });
    acknowledge(
      bucket,
      'AwsSolutions-S1',
      'Objects are reached by our functions and by links the API signs and logs; server access logs would hold file names of tenants.',
    );
    if (topology.notifies !== undefined) {
      const { prefix, queue } = topology.notifies;
      tellQueue(stack, { bucket, bucketName, prefix, queue: queues.live[queue] });
    }
    return bucket;
  });
}

function removalOf({ removal }: Settings): RemovalPolicy {
  return removal === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}

/** A page in a browser puts a file's parts by links that the API signed, and needs their ETags to join them. */
function corsRules({ cors }: Settings): CorsRule[] | undefined {
  if (cors.length === 0) return undefined;
  const allowed = {
    allowedOrigins: [...cors],
    allowedMethods: [HttpMethods.PUT, HttpMethods.GET],
    allowedHeaders: ['*'],
  };
  return [{ ...allowed, exposedHeaders: ['ETag'], maxAge: 3_600 }];
}

function lifecycle(topology: BucketTopology, { retention: { resultDays, uploadDays } }: Settings) {
  const expireDays = topology.expireDays === undefined ? uploadDays : resultDays;
  return {
    abortIncompleteMultipartUploadAfter: Duration.days(topology.abortMultipartDays),
    ...(expireDays === undefined ? {} : { expiration: Duration.days(expireDays) }),
    // A job pins the version it reads, and may be replayed for as long as it is kept.
    ...(topology.versioned ? { noncurrentVersionExpiration: Duration.days(resultDays) } : {}),
  };
}

/**
 * The notification as a property of the bucket: `addEventNotification` would add a custom resource with a function and
 * wide rights of its own. S3 checks at creation that it may send, so the queue's policy comes first, and therefore names
 * the bucket by its composed name.
 */
function tellQueue(stack: Stack, to: { bucket: Bucket; bucketName: string; prefix: string; queue: Queue }): void {
  const bucketArn = stack.formatArn({ service: 's3', region: '', account: '', resource: to.bucketName });
  to.queue.addToResourcePolicy(
    new PolicyStatement({
      effect: Effect.ALLOW,
      principals: [new ServicePrincipal('s3.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [to.queue.queueArn],
      conditions: { ArnEquals: { 'aws:SourceArn': bucketArn }, StringEquals: { 'aws:SourceAccount': stack.account } },
    }),
  );
  const resource = to.bucket.node.defaultChild;
  if (!(resource instanceof CfnBucket)) throw new TypeError('a bucket without its resource');
  resource.notificationConfiguration = {
    queueConfigurations: [
      {
        event: 's3:ObjectCreated:*',
        queue: to.queue.queueArn,
        filter: { s3Key: { rules: [{ name: 'prefix', value: to.prefix }] } },
      },
    ],
  };
  const policy = to.queue.node.tryFindChild('Policy');
  if (policy !== undefined) resource.node.addDependency(policy);
}

/** On-demand tables with point-in-time recovery. What a cache holds can be computed again; the rest outlives the stack. */
export function addTables(stack: Stack, key: IKey | undefined, settings: Settings): Readonly<Record<TableName, Table>> {
  return mapValues(tables, (topology, name) => {
    const table = new Table(stack, `${name}-table`, {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: key === undefined ? TableEncryption.AWS_MANAGED : TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: key,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      ...(topology.expires === undefined ? {} : { timeToLiveAttribute: topology.expires }),
      removalPolicy: name === 'cache' ? RemovalPolicy.DESTROY : removalOf(settings),
    });
    for (const [indexName, { partition, sort }] of Object.entries(topology.indexes)) {
      table.addGlobalSecondaryIndex({
        indexName,
        partitionKey: { name: partition, type: AttributeType.STRING },
        sortKey: { name: sort, type: AttributeType.STRING },
      });
    }
    return table;
  });
}
