import type { Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Settings } from '../settings.ts';
import { type Watched, watchesOf } from './watches.ts';

/** An alarm for each watch of the owner's level. */
export function addAlarms(stack: Stack, watched: Watched, settings: Settings, topic: ITopic | undefined): void {
  const { level } = settings.alarms;
  if (level === 'none') return;
  for (const { name, says, metric, over, periods, few } of watchesOf(stack, watched, settings)) {
    if (level === 'few' ? few === undefined : few === 'only') continue;
    const alarm = new Alarm(stack, `${name}-alarm`, {
      alarmName: `${stack.stackName}-${name}`,
      alarmDescription: `${says} See infra/RUNBOOK.md.`,
      metric,
      threshold: over,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: periods ?? 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    if (topic !== undefined) alarm.addAlarmAction(new SnsAction(topic));
  }
}
