import { type FunctionName, functions, lostDeliveries, queues } from '../topology.ts';

/** One line of a panel: a metric of CloudWatch. `${stack}` in a dimension stands for the stack's name. */
export interface Series {
  readonly label: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: 'Sum' | 'Maximum' | 'Average' | 'p50' | 'p99';
}
export interface Figure {
  readonly title: string;
  /** As Grafana names it. */
  readonly unit: 'short' | 's' | 'ms' | 'percentunit';
  readonly series: readonly Series[];
}

/** The name that stands for the stack's in dimensions. */
export const STACK = '$' + '{stack}';
const own = (name: string) => `${STACK}-${name}`;
const api = { ApiName: STACK, Stage: 'live' };

/** What our functions' own log lines count to (infra/cdk/observe/log-metrics.ts); none has a tenant, which would cost by tenant. */
export const LOG_METRICS = {
  records: 'RecordsJudged',
  chunkMs: 'ChunkMilliseconds',
  quarantined: 'Quarantined',
  deadLetters: 'DeadLetters',
  coldStartFailures: 'ColdStartFailures',
  llmFailures: 'LlmFailures',
  llmBudgetSpent: 'LlmBudgetSpent',
  /** Whatever somebody has to look at, in one: for stages with few alarms, and in no dashboard. */
  trouble: 'Trouble',
} as const;

const logMetric = (metric: string, label: string, statistic: Series['statistic'] = 'Sum'): Series => ({
  label,
  namespace: STACK,
  metric,
  dimensions: {},
  statistic,
});
const functionMetric = (metric: string, statistic: Series['statistic'], names = Object.keys(functions)): Series[] =>
  names.map((name) => ({
    label: name,
    namespace: 'AWS/Lambda',
    metric,
    dimensions: { FunctionName: own(name) },
    statistic,
  }));
const queueMetric = (metric: string, names: readonly string[]): Series[] =>
  names.map((name) => ({
    label: name,
    namespace: 'AWS/SQS',
    metric,
    dimensions: { QueueName: own(name) },
    statistic: 'Maximum',
  }));
const apiMetric = (label: string, metric: string, statistic: Series['statistic']): Series => ({
  label,
  namespace: 'AWS/ApiGateway',
  metric,
  dimensions: api,
  statistic,
});

const answering: readonly FunctionName[] = ['api', 'classify-http', 'authorize'];
const live = Object.keys(queues);
const dead = [...live.map((name) => `${name}-dead`), lostDeliveries.queue];

/** What an operator looks at, most telling first. The CloudWatch dashboard and Grafana's are both made from this. */
export const figures: readonly Figure[] = [
  { title: 'Records judged', unit: 'short', series: [logMetric(LOG_METRICS.records, 'records')] },
  {
    title: 'Requests and refusals',
    unit: 'short',
    series: [
      apiMetric('requests', 'Count', 'Sum'),
      apiMetric('4xx', '4XXError', 'Sum'),
      apiMetric('5xx', '5XXError', 'Sum'),
    ],
  },
  {
    title: 'Time to answer',
    unit: 'ms',
    series: [apiMetric('median', 'Latency', 'p50'), apiMetric('99th percentile', 'Latency', 'p99')],
  },
  { title: 'Age of the oldest message', unit: 's', series: queueMetric('ApproximateAgeOfOldestMessage', live) },
  { title: 'Messages waiting', unit: 'short', series: queueMetric('ApproximateNumberOfMessagesVisible', live) },
  {
    title: 'Dead letters and lost deliveries',
    unit: 'short',
    series: [
      ...queueMetric('ApproximateNumberOfMessagesVisible', dead),
      logMetric(LOG_METRICS.deadLetters, 'given up on'),
    ],
  },
  { title: 'Failed calls', unit: 'short', series: functionMetric('Errors', 'Sum') },
  { title: 'Throttled calls', unit: 'short', series: functionMetric('Throttles', 'Sum') },
  { title: 'Functions at once', unit: 'short', series: functionMetric('ConcurrentExecutions', 'Maximum') },
  {
    title: 'Functions that callers wait for, 99th percentile',
    unit: 'ms',
    series: functionMetric('Duration', 'p99', [...answering]),
  },
  {
    title: 'A chunk of records',
    unit: 'ms',
    series: [
      logMetric(LOG_METRICS.chunkMs, 'average', 'Average'),
      logMetric(LOG_METRICS.chunkMs, '99th percentile', 'p99'),
    ],
  },
  {
    title: 'Quarantine, failed starts, language model',
    unit: 'short',
    series: [
      logMetric(LOG_METRICS.quarantined, 'objects of nobody'),
      logMetric(LOG_METRICS.coldStartFailures, 'failed starts'),
      logMetric(LOG_METRICS.llmFailures, 'language model failed'),
      logMetric(LOG_METRICS.llmBudgetSpent, 'language model out of budget'),
    ],
  },
];
