import { Duration, type Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { type FunctionTopology, lostDeliveries, type QueueName, queues as queueTopology } from '../topology.ts';
import type { Queues } from './queues.ts';
import type { Settings } from './settings.ts';

/** Event source mappings: failures are reported by message, consumers are capped by the mapping and not by the function. */
export function hearQueues(made: LambdaFunction, topology: FunctionTopology, queues: Queues): void {
  for (const { queue, batch, windowSeconds, concurrency } of topology.hears ?? []) {
    made.addEventSource(
      new SqsEventSource(queueByName(queue, queues), {
        batchSize: batch,
        ...(windowSeconds > 0 ? { maxBatchingWindow: Duration.seconds(windowSeconds) } : {}),
        maxConcurrency: concurrency,
        reportBatchItemFailures: true,
      }),
    );
  }
}

function queueByName(name: QueueName | `${QueueName}-dead`, queues: Queues): Queue {
  if (isLive(name)) return queues.live[name];
  const live = name.slice(0, -'-dead'.length);
  if (!isLive(live)) throw new RangeError(`no queue ${name}`);
  return queues.dead[live];
}

function isLive(name: string): name is QueueName {
  return Object.hasOwn(queueTopology, name);
}

export function hearSchedule(stack: Stack, name: string, made: LambdaFunction, topology: FunctionTopology): void {
  if (topology.everyMinutes === undefined) return;
  new Rule(stack, `${name}-schedule`, {
    schedule: Schedule.rate(Duration.minutes(topology.everyMinutes)),
    // The next round comes soon enough; a failed one need not be repeated.
    targets: [new FunctionTarget(made, { retryAttempts: 0 })],
  });
}

/**
 * CloudWatch Logs may deliver from the groups the owner listed, and from no other account's. It does not wait for an
 * answer: after two more tries a delivery goes to a queue that an alarm watches.
 */
export function hearLogs(stack: Stack, made: LambdaFunction, settings: Settings, lost: Queue): void {
  made.configureAsyncInvoke({
    retryAttempts: 2,
    maxEventAge: Duration.seconds(lostDeliveries.maxAgeSeconds),
    onFailure: new SqsDestination(lost),
  });
  for (const [index, { prefix, account }] of settings.logGroups.entries()) {
    const owner = account ?? stack.account;
    made.addPermission(`logs-${index}`, {
      principal: new ServicePrincipal('logs.amazonaws.com'),
      sourceAccount: owner,
      sourceArn: `arn:${stack.partition}:logs:${stack.region}:${owner}:log-group:${prefix}*`,
    });
  }
}
