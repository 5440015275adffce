import { families } from '../../lib/metrics/families.ts';
import { type Figure, figures, type Series } from './figures.ts';

const COLUMNS = 3;
const GRID = 24;
const HEIGHT = 8;

/** The figures of the CloudWatch dashboard for Grafana, and the service's own counters from `GET /metrics`; made by `npm run grafana`. */
export function cloudWatchDashboard(): unknown {
  return dashboard('logsieve-cloudwatch', 'logsieve (CloudWatch)', figures.map(cloudWatchPanel), [
    datasource('cloudwatch', 'CloudWatch'),
    {
      name: 'stack',
      label: 'Stack',
      type: 'textbox',
      query: 'logsieve',
      current: { text: 'logsieve', value: 'logsieve' },
    },
    {
      name: 'region',
      label: 'Region',
      type: 'textbox',
      query: 'default',
      current: { text: 'default', value: 'default' },
    },
  ]);
}

/** The same service seen by its own counters, which Prometheus scrapes; works for the laptop too. */
export function prometheusDashboard(): unknown {
  const panels = prometheusFigures.map(({ title, unit, queries }, index) =>
    panel(index, title, unit, 'prometheus', queries.map(prometheusTarget)),
  );
  return dashboard('logsieve-prometheus', 'logsieve (Prometheus)', panels, [datasource('prometheus', 'Prometheus')]);
}

function cloudWatchPanel({ title, unit, series }: Figure, index: number): unknown {
  return panel(index, title, unit, 'cloudwatch', series.map(cloudWatchTarget));
}

function cloudWatchTarget({ label, namespace, metric, dimensions, statistic }: Series, index: number): unknown {
  return {
    refId: refId(index),
    datasource: source('cloudwatch'),
    queryMode: 'Metrics',
    metricQueryType: 0,
    metricEditorMode: 0,
    region: '$' + '{region}',
    namespace,
    metricName: metric,
    dimensions: Object.fromEntries(Object.entries(dimensions).map(([name, value]) => [name, [value]])),
    matchExact: true,
    statistic,
    period: '300',
    label,
  };
}

interface PrometheusFigure {
  readonly title: string;
  readonly unit: Figure['unit'] | 'currencyUSD';
  readonly queries: readonly { readonly expr: string; readonly legend: string }[];
}

const rate = (metric: string, by: string) => `sum by (${by}) (rate(${metric}[5m]))`;
const quantile = (of: number, metric: string, by: string) =>
  `histogram_quantile(${of}, sum by (le, ${by}) (rate(${metric}_bucket[5m])))`;

const prometheusFigures: readonly PrometheusFigure[] = [
  {
    title: 'Records taken in a second, by door',
    unit: 'short',
    queries: [{ expr: rate(families.lines.name, 'door'), legend: '{{door}}' }],
  },
  {
    title: 'Requests a second, by status',
    unit: 'short',
    queries: [{ expr: rate(families.requests.name, 'status'), legend: '{{status}}' }],
  },
  {
    title: 'Time to answer, 99th percentile',
    unit: 's',
    queries: [{ expr: quantile(0.99, families.requestMs.name, 'route'), legend: '{{route}}' }],
  },
  {
    title: 'Patterns judged a second, by stage',
    unit: 'short',
    queries: [{ expr: rate(families.verdicts.name, 'stage'), legend: '{{stage}}' }],
  },
  {
    title: 'Where patterns were found',
    unit: 'percentunit',
    queries: [
      {
        expr: `${rate(families.cache.name, 'outcome')} / ignoring (outcome) group_left sum(rate(${families.cache.name}[5m]))`,
        legend: '{{outcome}}',
      },
    ],
  },
  {
    title: 'A stage’s call, 99th percentile',
    unit: 's',
    queries: [{ expr: quantile(0.99, families.stageMs.name, 'stage'), legend: '{{stage}}' }],
  },
  { title: 'Messages waiting', unit: 'short', queries: [{ expr: families.queueDepth.name, legend: '{{queue}}' }] },
  {
    title: 'Dead letters and throttling a minute',
    unit: 'short',
    queries: [
      { expr: `60 * ${rate(families.deadLetters.name, 'outcome')}`, legend: 'dead letter {{outcome}}' },
      { expr: `60 * ${rate(families.throttled.name, 'what')}`, legend: 'throttled {{what}}' },
    ],
  },
  {
    title: 'Language model, dollars an hour',
    unit: 'currencyUSD',
    queries: [{ expr: `3600 * sum(rate(${families.llmMicroUsd.name}[15m]))`, legend: 'spend' }],
  },
];

function prometheusTarget({ expr, legend }: PrometheusFigure['queries'][number], index: number): unknown {
  return { refId: refId(index), datasource: source('prometheus'), expr, legendFormat: legend, range: true };
}

function panel(index: number, title: string, unit: string, kind: string, targets: readonly unknown[]): unknown {
  const w = GRID / COLUMNS;
  return {
    id: index + 1,
    type: 'timeseries',
    title,
    datasource: source(kind),
    gridPos: { x: (index % COLUMNS) * w, y: Math.floor(index / COLUMNS) * HEIGHT, w, h: HEIGHT },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    options: {
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
    targets,
  };
}

function dashboard(uid: string, title: string, panels: readonly unknown[], list: readonly unknown[]): unknown {
  return {
    uid,
    title,
    tags: ['logsieve'],
    schemaVersion: 39,
    version: 1,
    editable: true,
    timezone: 'browser',
    refresh: '1m',
    time: { from: 'now-6h', to: 'now' },
    templating: { list },
    annotations: { list: [] },
    panels,
  };
}

/** At first the one that infra/observe/grafana/provisioning makes. */
const datasource = (query: string, label: string) => ({
  name: 'datasource',
  label,
  type: 'datasource',
  query,
  current: { text: `logsieve ${label}`, value: `logsieve-${query}` },
});
const source = (type: string) => ({ type, uid: '$' + '{datasource}' });
/** A, B, … Z, A1, … */
const refId = (index: number) => `${String.fromCharCode(65 + (index % 26))}${index < 26 ? '' : Math.floor(index / 26)}`;
