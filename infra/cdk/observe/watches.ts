import { Duration, type Stack } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { LOG_METRICS } from '../../observe/figures.ts';
import type { FunctionName } from '../../topology.ts';
import type { Stores } from '../environment.ts';
import type { Functions } from '../functions.ts';
import type { Settings } from '../settings.ts';
import { spendingOfADay } from './spending.ts';

/** Something an operator has to do something about. */
export interface Watch {
  readonly name: string;
  readonly says: string;
  readonly metric: IMetric;
  readonly over: number;
  /** Periods in a row; one unless said. */
  readonly periods?: number;
  /** Of the level `few` too, or of no other. */
  readonly few?: 'too' | 'only';
}

export interface Watched {
  readonly functions: Functions;
  readonly stores: Stores;
  readonly api: RestApi;
}

const period = Duration.minutes(5);
/** Those whose throttling a caller or a job feels; an expression of an alarm reads ten metrics at most. */
const WORKING: readonly FunctionName[] = [
  'authorize',
  'api',
  'classify-http',
  'classify-worker',
  'ingest-upload',
  'ingest-logs',
  'finish-job',
];

/** Every watch there is; infra/RUNBOOK.md has a section for each. */
export function watchesOf(stack: Stack, watched: Watched, settings: Settings): readonly Watch[] {
  const { functions, api } = watched;
  return [
    ...queueWatches(stack, watched),
    ...Object.entries(functions).map(([name, { code }]) => ({
      name: `${name}-errors`,
      says: 'The function failed as a whole, not on single messages.',
      metric: code.metricErrors({ period }),
      // The sweep is called once in a period and nothing repeats the call: it cannot fail three times in one.
      ...(name === 'sweep' ? { over: 0, periods: 3 } : { over: 2 }),
    })),
    {
      name: 'throttles',
      says: 'Functions were not started: the account runs no more at once.',
      metric: sumOf(WORKING.map((name) => functions[name].code.metricThrottles({ period }))),
      over: 10,
    },
    ...apiWatches(api, functions),
    {
      name: 'quarantine',
      says: 'Objects were dropped that belong to nobody.',
      metric: counted(stack, LOG_METRICS.quarantined),
      over: 0,
    },
    {
      name: 'cold-starts',
      says: 'A function with the models failed to start or took over ten seconds.',
      metric: counted(stack, LOG_METRICS.coldStartFailures),
      over: 0,
    },
    ...(settings.llm === undefined ? [] : languageModelWatches(stack)),
    {
      name: 'spending',
      says: `By our own estimate a day has cost more than $${settings.alarms.dailyUsd}.`,
      metric: spendingOfADay(watched, settings),
      over: settings.alarms.dailyUsd,
    },
    {
      name: 'trouble',
      says: 'Calls failed, messages were given up on, objects were dropped that belong to nobody, or a start failed.',
      metric: counted(stack, LOG_METRICS.trouble),
      over: 0,
      few: 'only',
    },
  ];
}

function queueWatches(stack: Stack, { stores: { queues } }: Watched): readonly Watch[] {
  const most = { period, statistic: 'Maximum' };
  return [
    {
      name: 'dead-letters',
      says: 'Messages were given up on; their jobs end with failures.',
      metric: counted(stack, LOG_METRICS.deadLetters),
      over: 0,
    },
    ...Object.entries(queues.dead).map(([name, queue]) => ({
      name: `${name}-dead`,
      says: 'Messages lie in the dead-letter queue and are not being recorded.',
      // Their age would not tell: SQS leaves out what was received three times, and the sweep does that in a quarter of an hour.
      metric: sumOf([
        queue.metricApproximateNumberOfMessagesVisible(most),
        queue.metricApproximateNumberOfMessagesNotVisible(most),
      ]),
      over: 0,
      periods: 4,
    })),
    ...Object.entries(queues.live).map(([name, queue]) => ({
      name: `${name}-late`,
      says: 'The oldest message has waited for an hour.',
      metric: queue.metricApproximateAgeOfOldestMessage(most),
      over: 3_600,
      // Where a stalled service shows first and for longest, also when no function runs that could say so.
      ...(name === 'chunks-bulk' ? { few: 'too' as const } : {}),
    })),
    {
      name: 'lost-deliveries',
      says: 'A delivery of CloudWatch Logs could not be taken in.',
      metric: queues.lostDeliveries.metricApproximateNumberOfMessagesVisible(most),
      over: 0,
    },
  ];
}

function apiWatches(api: RestApi, functions: Functions): readonly Watch[] {
  const failed = api.metricServerError({ period, statistic: 'Sum' });
  const asked = api.metricCount({ period, statistic: 'Sum' });
  return [
    { name: 'api-5xx', says: 'The API answered with 5xx.', metric: failed, over: 5 },
    {
      name: 'api-error-rate',
      says: 'More than one request in a hundred failed.',
      metric: new MathExpression({
        expression: 'IF(asked>=100, failed/asked, 0)',
        usingMetrics: { asked, failed },
        label: 'share of 5xx',
        period,
      }),
      over: 0.01,
    },
    {
      name: 'api-slow',
      says: 'One question in a hundred took over 5 s.',
      metric: functions.api.code.metricDuration({ period, statistic: 'p99' }),
      over: 5_000,
      periods: 3,
    },
    {
      name: 'classify-slow',
      says: 'One classification in a hundred took over 15 s.',
      metric: functions['classify-http'].code.metricDuration({ period, statistic: 'p99' }),
      over: 15_000,
      periods: 3,
    },
  ];
}

function languageModelWatches(stack: Stack): readonly Watch[] {
  return [
    {
      name: 'llm-budget',
      says: 'The language model was not asked: the hour’s calls were spent.',
      metric: counted(stack, LOG_METRICS.llmBudgetSpent),
      over: 0,
    },
    {
      name: 'llm-failing',
      says: 'The language model failed again and again.',
      metric: counted(stack, LOG_METRICS.llmFailures),
      over: 5,
      periods: 3,
    },
  ];
}

function counted(stack: Stack, metricName: string): IMetric {
  return new Metric({ namespace: stack.stackName, metricName, statistic: 'Sum', period });
}

function sumOf(metrics: readonly IMetric[]): IMetric {
  return new MathExpression({
    expression: metrics.map((_, index) => `m${index}`).join('+'),
    usingMetrics: Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric])),
    label: 'all',
    period,
  });
}
