import type { Stack } from 'aws-cdk-lib';
import { FilterPattern, type IFilterPattern, type LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { ENDED_BADLY } from '../../../lib/report/error-report.ts';
import { LOG_METRICS } from '../../observe/figures.ts';
import type { FunctionName } from '../../topology.ts';
import type { Functions } from '../functions.ts';
import { ACCESS_LOG, logGroupOf } from '../log-groups.ts';
import type { Settings } from '../settings.ts';

interface Counted {
  readonly metric: string;
  readonly of: readonly FunctionName[];
  readonly lines: IFilterPattern;
  /** A field of the line; absent: lines are counted. */
  readonly value?: string;
}

const event = (name: string) => FilterPattern.stringValue('$.event', '=', name);
const models: readonly FunctionName[] = ['classify-http', 'classify-worker'];

const counted: readonly Counted[] = [
  { metric: LOG_METRICS.records, of: ['classify-worker'], lines: event('chunk'), value: '$.records' },
  { metric: LOG_METRICS.chunkMs, of: ['classify-worker'], lines: event('chunk'), value: '$.ms' },
  { metric: LOG_METRICS.deadLetters, of: ['sweep'], lines: event('dead-letter') },
  { metric: LOG_METRICS.quarantined, of: ['ingest-upload'], lines: event('quarantine') },
  // Lambda writes this line only where a start failed or took over its ten seconds.
  { metric: LOG_METRICS.coldStartFailures, of: models, lines: FilterPattern.allTerms('INIT_REPORT', 'Status') },
  { metric: LOG_METRICS.llmFailures, of: models, lines: event('language-model-failed') },
  { metric: LOG_METRICS.llmBudgetSpent, of: models, lines: event('language-model-out-of-budget') },
];

/** Lines of ours that somebody has to look at. A single message's failure is none: it comes again, and ends as a dead letter. */
const TROUBLE = ['fault', 'dead-letter', 'quarantine', 'model-not-loaded'];
/** What Lambda writes of a call or a start that ended badly, in its text lines and its JSON lines. */
const ENDINGS = [...ENDED_BADLY, 'Status: timeout', 'Status: error', '"status":"timeout"'];

/**
 * Metrics out of lines the functions write anyway, in place of calls or metric formats of their own: they cost nothing
 * while nothing happens, and a function need not know who counts. Where neither alarms nor a dashboard show them apart,
 * trouble of all kinds is one metric.
 */
export function countLogLines(stack: Stack, functions: Functions, { alarms }: Settings): void {
  if (alarms.level === 'few') countTrouble(stack, functions);
  if (alarms.level !== 'all' && !alarms.dashboard) return;
  for (const { metric, of, lines, value } of counted) {
    for (const name of of) count(stack, { metric, name, logGroup: functions[name].logGroup, lines, value });
  }
}

function countTrouble(stack: Stack, functions: Functions): void {
  const metric = LOG_METRICS.trouble;
  const lines = FilterPattern.anyTerm(...TROUBLE.map((name) => `"event":"${name}"`), ...ENDINGS);
  for (const [name, { logGroup }] of Object.entries(functions)) count(stack, { metric, name, logGroup, lines });
  // What the gateway answered by itself is in no function's log.
  const failed = FilterPattern.stringValue('$.status', '=', '5*');
  count(stack, { metric, name: ACCESS_LOG, logGroup: logGroupOf(stack, ACCESS_LOG), lines: failed });
}

function count(
  stack: Stack,
  {
    metric,
    name,
    logGroup,
    lines,
    value = '1',
  }: Pick<Counted, 'metric' | 'lines' | 'value'> & {
    readonly name: string;
    readonly logGroup: LogGroup;
  },
): void {
  new MetricFilter(stack, `${name}-${metric}`, {
    logGroup,
    filterPattern: lines,
    metricNamespace: stack.stackName,
    metricName: metric,
    metricValue: value,
  });
}
