import { RemovalPolicy, type Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { ownLogGroupPrefix } from './environment.ts';
import type { Settings } from './settings.ts';

/** The group of the gateway's access log, beside those of the functions. */
export const ACCESS_LOG = 'access';

/** A log group of ours, under the prefix by which our own logs are told from a tenant's. It goes with the stack. */
export function addLogGroup(stack: Stack, name: string, settings: Settings, key: IKey | undefined): LogGroup {
  return new LogGroup(stack, `${name}-logs`, {
    logGroupName: `${ownLogGroupPrefix(stack)}${name}`,
    retention: settings.retention.logDays,
    encryptionKey: key,
    removalPolicy: RemovalPolicy.DESTROY,
  });
}

/** A log group that was added before. */
export function logGroupOf(stack: Stack, name: string): LogGroup {
  const found = stack.node.findChild(`${name}-logs`);
  if (!(found instanceof LogGroup)) throw new TypeError(`${name}-logs is no log group`);
  return found;
}
