import type { Stack } from 'aws-cdk-lib';
import { FilterPattern, type IFilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { LOG_METRICS } from '../../observe/figures.ts';
import type { FunctionName } from '../../topology.ts';
import type { Functions } from '../functions.ts';

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
  { metric: LOG_METRICS.quarantined, of: ['ingest-upload'], lines: event('quarantine') },
  // Lambda writes this line only where a start failed or took over its ten seconds.
  { metric: LOG_METRICS.coldStartFailures, of: models, lines: FilterPattern.allTerms('INIT_REPORT', 'Status') },
  { metric: LOG_METRICS.llmFailures, of: models, lines: event('language-model-failed') },
  { metric: LOG_METRICS.llmBudgetSpent, of: models, lines: event('language-model-out-of-budget') },
];

/**
 * Metrics out of lines the functions write anyway, in place of calls or metric formats of their own: they cost nothing
 * while nothing happens, and a function need not know who counts.
 */
export function countLogLines(stack: Stack, functions: Functions): void {
  for (const { metric, of, lines, value } of counted) {
    for (const name of of) {
      new MetricFilter(stack, `${name}-${metric}`, {
        logGroup: functions[name].logGroup,
        filterPattern: lines,
        metricNamespace: stack.stackName,
        metricName: metric,
        metricValue: value ?? '1',
      });
    }
  }
}
