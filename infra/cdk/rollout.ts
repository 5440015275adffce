import { Duration, type Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaApplication, LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { Alias, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { FilterPattern, type LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { FunctionName } from '../topology.ts';
import { acknowledge } from './acknowledge.ts';
import type { Settings } from './settings.ts';

/** Functions whose failure a caller or a job feels at once. The others only look after things; new code goes to them at once. */
const CANARIES: readonly FunctionName[] = [
  'authorize',
  'api',
  'classify-http',
  'classify-worker',
  'ingest-upload',
  'finish-job',
];

const period = Duration.minutes(1);

/**
 * The alias `live`, by which gateway, queues and schedules call the function. With `rollout: 'canary'` new code gets a
 * tenth of the calls for five minutes; one failure of the function in that time, of whichever code, brings the old code
 * back, and the deployment fails.
 */
export function addAlias(
  stack: Stack,
  name: FunctionName,
  { code, logGroup }: { code: LambdaFunction; logGroup: LogGroup },
  settings: Settings,
): Alias {
  const alias = new Alias(stack, `${name}-live`, { aliasName: 'live', version: code.currentVersion });
  if (settings.rollout === 'canary' && CANARIES.includes(name)) addCanary(stack, name, alias, logGroup);
  return alias;
}

function addCanary(stack: Stack, name: FunctionName, alias: Alias, logGroup: LogGroup): void {
  const group = new LambdaDeploymentGroup(stack, `${name}-rollout`, {
    application: applicationOf(stack),
    alias,
    deploymentConfig: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
    alarms: [
      addAlarm(stack, `${name}-rollout`, alias.metricErrors({ period })),
      // The authorizer throws what fails, and Lambda counts it.
      ...(name === 'authorize' ? [] : [addAlarm(stack, `${name}-rollout-faults`, countFaults(stack, name, logGroup))]),
    ],
  });
  acknowledge(
    group,
    'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited]',
    'The policy AWS keeps for this purpose: it moves aliases of functions and reads alarms.',
  );
}

function addAlarm(stack: Stack, name: string, metric: IMetric): Alarm {
  return new Alarm(stack, `${name}-alarm`, {
    alarmName: `${stack.stackName}-${name}`,
    alarmDescription: 'New code failed while it was tried: CodeDeploy goes back to the old. See infra/RUNBOOK.md.',
    metric,
    threshold: 0,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
}

/**
 * What Lambda counts as no error, because the function answers for it: a request by 5xx (lib/http/api-middleware.ts), a
 * message by its id (functions/with-queue.ts). A message that is at fault itself is logged as a warning.
 */
function countFaults(stack: Stack, name: FunctionName, logGroup: LogGroup): IMetric {
  const event = (value: string) => FilterPattern.stringValue('$.event', '=', value);
  return new MetricFilter(stack, `${name}-rollout-filter`, {
    logGroup,
    filterPattern: FilterPattern.all(
      FilterPattern.stringValue('$.level', '=', 'error'),
      FilterPattern.any(event('fault'), event('message-failed')),
    ),
    metricNamespace: stack.stackName,
    metricName: `${name}-faults`,
    metricValue: '1',
  }).metric({ statistic: 'Sum', period });
}

function applicationOf(stack: Stack): LambdaApplication {
  const found = stack.node.tryFindChild('rollouts');
  if (found instanceof LambdaApplication) return found;
  return new LambdaApplication(stack, 'rollouts', { applicationName: stack.stackName });
}
