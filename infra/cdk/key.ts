import { RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { PolicyStatement, type Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { ownLogGroupPrefix } from './environment.ts';
import type { Settings } from './settings.ts';

/**
 * The customer-managed key of the stack, made or the owner's; undefined where AWS's own keys serve. One key costs $1 a
 * month and its calls; destroying it would make every kept bucket and table unreadable, so it stays when they stay.
 */
export function addKey(stack: Stack, settings: Settings): IKey | undefined {
  if (settings.encryptionKey === undefined) return undefined;
  if (settings.encryptionKey !== 'create') return Key.fromKeyArn(stack, 'key', settings.encryptionKey);
  const key = new Key(stack, 'key', {
    alias: `alias/${stack.stackName}`,
    description: `${stack.stackName}: buckets, tables, queues, logs and alarms`,
    enableKeyRotation: true,
    removalPolicy: settings.removal === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
  for (const statement of serviceStatements(stack)) key.addToResourcePolicy(statement);
  return key;
}

/** S3 puts events on an encrypted queue, CloudWatch alarms on an encrypted topic, CloudWatch Logs writes encrypted groups: each does so by itself. */
function serviceStatements(stack: Stack): readonly PolicyStatement[] {
  const use = ['kms:Decrypt', 'kms:GenerateDataKey'];
  const senders = ['s3', 'cloudwatch'].map(
    (service) =>
      new PolicyStatement({
        principals: [new ServicePrincipal(`${service}.amazonaws.com`)],
        actions: use,
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
      }),
  );
  const logs = new PolicyStatement({
    principals: [new ServicePrincipal(`logs.${stack.region}.amazonaws.com`)],
    // As CloudWatch Logs documents them; it checks at association.
    actions: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
    resources: ['*'],
    conditions: {
      ArnLike: {
        'kms:EncryptionContext:aws:logs:arn': `arn:${stack.partition}:logs:${stack.region}:${stack.account}:log-group:${ownLogGroupPrefix(stack)}*`,
      },
    },
  });
  return [...senders, logs];
}

/** What a function needs of the key to read and write what it encrypts. */
export function grantKey(role: Role, key: IKey | undefined): void {
  if (key === undefined) return;
  role.addToPolicy(
    new PolicyStatement({
      actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'],
      resources: [key.keyArn],
    }),
  );
}
