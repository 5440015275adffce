import { Duration } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { prices } from '../../prices.ts';
import { type FunctionName, functions as functionTopology, type TableName } from '../../topology.ts';
import type { Stores } from '../environment.ts';
import type { Functions } from '../functions.ts';
import type { Settings } from '../settings.ts';

const period = Duration.days(1);

/** What grows with use, together with the API's requests. */
const COUNTED = {
  functions: ['classify-worker', 'classify-http', 'ingest-upload', 'finish-job', 'api'],
  tables: ['pages', 'jobs', 'cache'],
} as const satisfies { functions: readonly FunctionName[]; tables: readonly TableName[] };

/**
 * Our own estimate of what a day has cost, in dollars, from CloudWatch's own counts and infra/prices.ts: there within
 * minutes, where a bill takes a day. Leaves out storage and the language model, whose calls have a budget of their own.
 */
export function spendingOfADay(
  { functions, stores, api }: { functions: Functions; stores: Stores; api: RestApi },
  { architecture }: Settings,
): IMetric {
  const perGbSecond = prices.lambdaGbSecond[architecture];
  const terms = [
    ...COUNTED.functions.map((name) => ({
      metric: functions[name].code.metricDuration({ period, statistic: 'Sum' }),
      dollars: (functionTopology[name].memoryMb / 1_024 / 1_000) * perGbSecond,
    })),
    ...COUNTED.tables.map((name) => ({
      metric: stores.tables[name].metricConsumedWriteCapacityUnits({ period, statistic: 'Sum' }),
      dollars: prices.dynamoWriteUnit,
    })),
    { metric: api.metricCount({ period, statistic: 'Sum' }), dollars: prices.restApiRequest },
  ];
  return new MathExpression({
    label: 'dollars a day',
    period,
    expression: terms.map(({ dollars }, index) => `FILL(m${index},0)*${decimal(dollars)}`).join('+'),
    usingMetrics: Object.fromEntries(terms.map(({ metric }, index) => [`m${index}`, metric])),
  });
}

/** CloudWatch's expressions know no exponents: `4e-8` would be an identifier. */
const decimal = (dollars: number) => dollars.toFixed(12).replace(/0+$/, '');
