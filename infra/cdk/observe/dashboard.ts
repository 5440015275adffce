import type { Stack } from 'aws-cdk-lib';
import { CfnDashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { type Figure, figures, type Series, STACK } from '../../observe/figures.ts';

const COLUMNS = 3;
const WIDTH = 24 / COLUMNS;
const HEIGHT = 6;

/** The figures of infra/observe/figures.ts as a CloudWatch dashboard. */
export function addDashboard(stack: Stack): void {
  const named = (text: string) => text.replaceAll(STACK, stack.stackName);
  const line = ({ namespace, metric, dimensions, statistic, label }: Series) => [
    named(namespace),
    metric,
    ...Object.entries(dimensions).flatMap(([name, value]) => [name, named(value)]),
    { stat: statistic, label },
  ];
  const widget = ({ title, series }: Figure, index: number) => ({
    type: 'metric',
    x: (index % COLUMNS) * WIDTH,
    y: Math.floor(index / COLUMNS) * HEIGHT,
    width: WIDTH,
    height: HEIGHT,
    properties: { title, region: stack.region, view: 'timeSeries', period: 300, metrics: series.map(line) },
  });
  new CfnDashboard(stack, 'dashboard', {
    dashboardName: stack.stackName,
    dashboardBody: stack.toJsonString({ widgets: figures.map(widget) }),
  });
}
