import { CfnElement } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { type BucketName, buckets, type FunctionTopology, type TableName, tables } from '../topology.ts';
import { acknowledge } from './acknowledge.ts';
import type { Stores } from './environment.ts';

/** The actions that reading and writing come to; nothing is granted by wildcard, so that a new SDK call has to be thought about. */
export const ACTIONS = {
  /** Without it a missing object is answered 403, as if it were forbidden. */
  readBucket: ['s3:ListBucket'],
  readObjects: ['s3:GetObject', 's3:GetObjectVersion'],
  writeObjects: ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
  readItems: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'],
  writeItems: ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
} as const;

/** Gives a function what the topology says it reads, writes and sends to, and no more. */
export function grantByTopology(role: Role, topology: FunctionTopology, stores: Stores): void {
  for (const name of topology.reads) {
    if (isBucket(name)) readBucket(role, stores.buckets[name]);
    else readTable(role, name, stores.tables[name]);
  }
  for (const name of topology.writes) {
    if (isBucket(name)) grantObjects(role, stores.buckets[name], ACTIONS.writeObjects);
    else role.addToPolicy(statement(ACTIONS.writeItems, [stores.tables[name].tableArn]));
  }
  if (topology.watches) {
    const watched = [...Object.values(stores.queues.live), ...Object.values(stores.queues.dead)];
    role.addToPolicy(
      statement(
        ['sqs:GetQueueAttributes'],
        watched.map(({ queueArn }) => queueArn),
      ),
    );
  }
  if (topology.drains) {
    const dead = Object.values(stores.queues.dead).map(({ queueArn }) => queueArn);
    role.addToPolicy(statement(['sqs:ReceiveMessage', 'sqs:DeleteMessage'], dead));
  }
  for (const name of topology.sends) {
    role.addToPolicy(statement(['sqs:SendMessage'], [stores.queues.live[name].queueArn]));
  }
}

function isBucket(name: BucketName | TableName): name is BucketName {
  return name in buckets;
}

function readBucket(role: Role, bucket: Bucket): void {
  role.addToPolicy(statement(ACTIONS.readBucket, [bucket.bucketArn]));
  grantObjects(role, bucket, ACTIONS.readObjects);
}

function grantObjects(role: Role, bucket: Bucket, actions: readonly string[]): void {
  role.addToPolicy(statement(actions, [bucket.arnForObjects('*')]));
  const resource = bucket.node.defaultChild;
  if (!CfnElement.isCfnElement(resource)) throw new TypeError('a bucket without its resource');
  acknowledge(
    role,
    `AwsSolutions-IAM5[Resource::<${bucket.stack.getLogicalId(resource)}.Arn>/*]`,
    'Keys of objects begin with the tenant, and tenants come and go; the bucket holds nothing else.',
  );
}

function readTable(role: Role, name: TableName, table: Table): void {
  const indexes = Object.keys(tables[name].indexes).map((index) => `${table.tableArn}/index/${index}`);
  role.addToPolicy(statement(ACTIONS.readItems, [table.tableArn, ...indexes]));
}

function statement(actions: readonly string[], resources: readonly string[]): PolicyStatement {
  return new PolicyStatement({ actions: [...actions], resources: [...resources] });
}
