import { Duration, type Stack } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Alarm, ComparisonOperator, type IMetric, type Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Functions } from './functions.ts';
import type { Queues } from './queues.ts';
import type { Settings } from './settings.ts';

interface Watch {
  readonly name: string;
  readonly says: string;
  readonly metric: IMetric;
  readonly over: number;
}

/** One alarm for each thing an operator has to do something about; each has a section in infra/RUNBOOK.md. */
export function addAlarms(
  stack: Stack,
  { queues, functions, api }: { queues: Queues; functions: Functions; api: RestApi },
  settings: Settings,
): void {
  const topic =
    settings.alarmTopicArn === undefined ? undefined : Topic.fromTopicArn(stack, 'alarms', settings.alarmTopicArn);
  const period = Duration.minutes(5);
  const watches: Watch[] = [
    ...Object.entries(queues.dead).map(([name, queue]) => ({
      name: `${name}-dead`,
      says: 'Messages lie in the dead-letter queue and are not being recorded.',
      metric: queue.metricApproximateAgeOfOldestMessage({ period, statistic: 'Maximum' }),
      over: 900,
    })),
    ...Object.entries(queues.live).map(([name, queue]) => ({
      name: `${name}-late`,
      says: 'The oldest message has waited for an hour.',
      metric: queue.metricApproximateAgeOfOldestMessage({ period, statistic: 'Maximum' }),
      over: 3_600,
    })),
    {
      name: 'lost-deliveries',
      says: 'A delivery of CloudWatch Logs could not be taken in.',
      metric: queues.lostDeliveries.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum' }),
      over: 0,
    },
    {
      name: 'quarantine',
      says: 'Objects were dropped that belong to nobody.',
      metric: quarantineMetric(stack, functions).with({ period }),
      over: 0,
    },
    ...Object.entries(functions).map(([name, made]) => ({
      name: `${name}-errors`,
      says: 'The function failed as a whole, not on single messages.',
      metric: made.metricErrors({ period }),
      over: 2,
    })),
    {
      name: 'api-5xx',
      says: 'The API answered with 5xx.',
      metric: api.metricServerError({ period, statistic: 'Sum' }),
      over: 5,
    },
  ];
  for (const { name, says, metric, over } of watches) {
    const alarm = new Alarm(stack, `${name}-alarm`, {
      alarmName: `${stack.stackName}-${name}`,
      alarmDescription: `${says} See infra/RUNBOOK.md.`,
      metric,
      threshold: over,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    if (topic !== undefined) alarm.addAlarmAction(new SnsAction(topic));
  }
}

/** Counts the lines in which ingest-upload says that it could not take a drop. */
function quarantineMetric(stack: Stack, functions: Functions): Metric {
  const filter = new MetricFilter(stack, 'quarantine-count', {
    logGroup: functions['ingest-upload'].logGroup,
    filterPattern: FilterPattern.stringValue('$.event', '=', 'quarantine'),
    metricNamespace: stack.stackName,
    metricName: 'Quarantined',
  });
  return filter.metric({ statistic: 'Sum' });
}
