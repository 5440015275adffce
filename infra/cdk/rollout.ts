import { Duration, type Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaApplication, LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { Alias, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
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

/**
 * The alias `live`, by which gateway, queues and schedules call the function. With `rollout: 'canary'` new code gets a
 * tenth of the calls for five minutes; one error among them brings the old code back, and the deployment fails.
 */
export function addAlias(stack: Stack, name: FunctionName, code: LambdaFunction, settings: Settings): Alias {
  const alias = new Alias(stack, `${name}-live`, { aliasName: 'live', version: code.currentVersion });
  if (settings.rollout === 'canary' && CANARIES.includes(name)) addCanary(stack, name, alias);
  return alias;
}

function addCanary(stack: Stack, name: FunctionName, alias: Alias): void {
  const alarm = new Alarm(stack, `${name}-rollout-alarm`, {
    alarmName: `${stack.stackName}-${name}-rollout`,
    alarmDescription: 'New code failed while it was tried: CodeDeploy goes back to the old. See infra/RUNBOOK.md.',
    metric: alias.metricErrors({ period: Duration.minutes(1) }),
    threshold: 0,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
  const group = new LambdaDeploymentGroup(stack, `${name}-rollout`, {
    application: applicationOf(stack),
    alias,
    deploymentConfig: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
    alarms: [alarm],
  });
  acknowledge(
    group,
    'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited]',
    'The policy AWS keeps for this purpose: it moves aliases of functions and reads alarms.',
  );
}

function applicationOf(stack: Stack): LambdaApplication {
  const found = stack.node.tryFindChild('rollouts');
  if (found instanceof LambdaApplication) return found;
  return new LambdaApplication(stack, 'rollouts', { applicationName: stack.stackName });
}
