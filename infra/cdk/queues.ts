import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { deadLetters, lostDeliveries, type QueueName, queueRetentionDays, queues } from '../topology.ts';
import { acknowledge } from './acknowledge.ts';
import { mapValues } from './map-values.ts';

export interface Queues {
  readonly live: Readonly<Record<QueueName, Queue>>;
  readonly dead: Readonly<Record<QueueName, Queue>>;
  readonly lostDeliveries: Queue;
}

/** SSE-SQS, or the owner's key; never an AWS-managed key, which silently breaks S3-to-SQS. */
function safe(key: IKey | undefined) {
  const sqsManaged = { encryption: QueueEncryption.SQS_MANAGED };
  const owners = { encryption: QueueEncryption.KMS, encryptionMasterKey: key };
  return { ...(key === undefined ? sqsManaged : owners), enforceSSL: true };
}

/** The queues of the topology, each with its dead-letter queue. */
export function addQueues(stack: Stack, key: IKey | undefined): Queues {
  const dead = mapValues(
    queues,
    (_, name) =>
      new Queue(stack, `${name}-dead`, {
        ...safe(key),
        queueName: `${stack.stackName}-${name}-dead`,
        visibilityTimeout: Duration.seconds(deadLetters.visibilitySeconds),
        retentionPeriod: Duration.days(deadLetters.retentionDays),
        removalPolicy: RemovalPolicy.DESTROY,
      }),
  );
  const live = mapValues(
    queues,
    (queue, name) =>
      new Queue(stack, name, {
        ...safe(key),
        queueName: `${stack.stackName}-${name}`,
        visibilityTimeout: Duration.seconds(queue.visibilitySeconds),
        retentionPeriod: Duration.days(queueRetentionDays),
        deadLetterQueue: { queue: dead[name], maxReceiveCount: queue.maxReceives },
        removalPolicy: RemovalPolicy.DESTROY,
      }),
  );
  return { live, dead, lostDeliveries: addLostDeliveries(stack, key) };
}

function addLostDeliveries(stack: Stack, key: IKey | undefined): Queue {
  const queue = new Queue(stack, lostDeliveries.queue, {
    ...safe(key),
    queueName: `${stack.stackName}-${lostDeliveries.queue}`,
    retentionPeriod: Duration.days(lostDeliveries.retentionDays),
    removalPolicy: RemovalPolicy.DESTROY,
  });
  acknowledge(queue, 'AwsSolutions-SQS3', 'This is itself a last stop: it takes what a function failed to take.');
  return queue;
}
