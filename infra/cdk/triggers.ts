import { createHash } from 'node:crypto';
import { Duration, type Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets';
import { type Alias, CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { CfnSubscriptionFilter } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { type FunctionTopology, lostDeliveries } from '../topology.ts';
import { accountOf } from './environment.ts';
import type { Queues } from './queues.ts';
import type { Settings } from './settings.ts';

/** Event source mappings: failures are reported by message, consumers are capped by the mapping and not by the function, unless the owner wants none. */
export function hearQueues(made: Alias, topology: FunctionTopology, queues: Queues, settings: Settings): void {
  for (const { queue, batch, windowSeconds, concurrency } of topology.hears ?? []) {
    const cap = settings.concurrency.queues[queue] ?? concurrency;
    made.addEventSource(
      new SqsEventSource(queues.live[queue], {
        batchSize: batch,
        ...(windowSeconds > 0 ? { maxBatchingWindow: Duration.seconds(windowSeconds) } : {}),
        ...(cap === 'uncapped' ? {} : { maxConcurrency: cap }),
        reportBatchItemFailures: true,
      }),
    );
  }
}

export function hearSchedule(stack: Stack, name: string, made: Alias, topology: FunctionTopology): void {
  if (topology.everyMinutes === undefined) return;
  new Rule(stack, `${name}-schedule`, {
    schedule: Schedule.rate(Duration.minutes(topology.everyMinutes)),
    // The next round comes soon enough: neither a call that did not arrive nor one that failed is repeated.
    targets: [new FunctionTarget(made, { retryAttempts: 0 })],
  });
  made.configureAsyncInvoke({ retryAttempts: 0 });
}

/**
 * CloudWatch Logs may deliver from the groups the owner listed, and from no other account's. It does not wait for an
 * answer: after two more tries a delivery goes to a queue that an alarm watches.
 */
export function hearLogs(stack: Stack, made: Alias, settings: Settings, lost: Queue): void {
  made.configureAsyncInvoke({
    retryAttempts: 2,
    maxEventAge: Duration.seconds(lostDeliveries.maxAgeSeconds),
    // CDK's own destination would add rights on the key by wildcard; the topology's are given with the role.
    onFailure: { bind: () => ({ destination: lost.queueArn }) },
  });
  for (const [index, group] of settings.logGroups.entries()) {
    const owner = accountOf(group, stack.account);
    const groups = 'name' in group ? `${group.name}:*` : `${group.prefix}*`;
    const permission = new CfnPermission(stack, `logs-${index}`, {
      action: 'lambda:InvokeFunction',
      functionName: made.functionArn,
      principal: 'logs.amazonaws.com',
      sourceAccount: owner,
      sourceArn: `arn:${stack.partition}:logs:${stack.region}:${owner}:log-group:${groups}`,
    });
    if ('name' in group) subscribe(stack, group.name, made).addResourceDependency(permission);
  }
}

/** A log group of the owner's sends us all its events; CloudWatch Logs tries the permission when the filter is made. */
function subscribe(stack: Stack, logGroupName: string, made: Alias): CfnSubscriptionFilter {
  // CloudFormation's ids are of letters and digits, in which `/shop/api` and `/shop-api` are alike. The first keeps the
  // plain one: a filter under a new id would be made before the old is removed, and a group takes no two of one name.
  const plain = `subscription${logGroupName.replaceAll(/[^a-z0-9]/gi, '')}`;
  const isTaken = stack.node.tryFindChild(plain) !== undefined;
  const hash = createHash('sha256').update(logGroupName).digest('hex').slice(0, 8);
  return new CfnSubscriptionFilter(stack, isTaken ? `${plain}${hash}` : plain, {
    logGroupName,
    filterName: stack.stackName,
    filterPattern: '',
    destinationArn: made.functionArn,
  });
}
