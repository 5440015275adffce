import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { figures } from '../../infra/observe/figures.ts';
import { cloudWatchDashboard, prometheusDashboard } from '../../infra/observe/grafana-dashboard.ts';
import { functions } from '../../infra/topology.ts';
import { families } from '../../lib/metrics/families.ts';

const folder = new URL('../../infra/observe/grafana/', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, folder), 'utf8');

const variableSchema = z.object({
  name: z.string(),
  type: z.enum(['datasource', 'textbox']),
  current: z.object({ text: z.string(), value: z.string() }),
});

/** What Grafana asks of a dashboard that is provisioned from a file. */
const dashboardSchema = z.object({
  uid: z.string().regex(/^[\w-]{1,40}$/),
  title: z.string().min(1),
  schemaVersion: z.int().min(36),
  templating: z.object({ list: z.array(variableSchema) }),
  panels: z
    .array(
      z.object({
        id: z.int().positive(),
        type: z.literal('timeseries'),
        title: z.string().min(1),
        datasource: z.object({ type: z.enum(['cloudwatch', 'prometheus']), uid: z.string() }),
        gridPos: z.object({ x: z.int().max(23), y: z.int(), w: z.int().max(24), h: z.int() }),
        targets: z.array(z.looseObject({ refId: z.string().regex(/^[A-Z]\d*$/) })).min(1),
      }),
    )
    .min(1),
});

describe('the Grafana dashboards', () => {
  it.each([
    ['cloudwatch', cloudWatchDashboard()],
    ['prometheus', prometheusDashboard()],
  ])('of %s are as the figures make them (npm run grafana writes them)', (name, made) => {
    expect(JSON.parse(read(`dashboards/logsieve-${name}.json`))).toEqual(made);
  });

  it.each(readdirSync(new URL('dashboards', folder)))('%s has the shape that Grafana provisions', (file) => {
    const found = dashboardSchema.parse(JSON.parse(read(`dashboards/${file}`)));

    const ids = found.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { targets } of found.panels)
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
  });

  it('ask Prometheus for metrics that there are', () => {
    const named = [...read('dashboards/logsieve-prometheus.json').matchAll(/logsieve_\w+/g)].map(([name]) => name);
    const known = Object.values(families).flatMap(({ name }): readonly string[] => [name, `${name}_bucket`]);

    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });

  it('are mounted where the provisioning looks for them', () => {
    expect(read('provisioning/dashboards/logsieve.yaml')).toContain('path: /etc/grafana/dashboards');
    const sources = read('provisioning/datasources/logsieve.yaml');
    for (const kind of ['cloudwatch', 'prometheus']) {
      const { templating } = dashboardSchema.parse(JSON.parse(read(`dashboards/logsieve-${kind}.json`)));
      const { current } = templating.list.find(({ name }) => name === 'datasource') ?? {};
      expect(sources).toContain(`- name: ${current?.text}\n    uid: ${current?.value}\n    type: ${kind}\n`);
    }
  });
});

describe('the figures', () => {
  it('show every function and have no tenant among their dimensions, which would cost by tenant', () => {
    const series = figures.flatMap((figure) => figure.series);

    for (const name of Object.keys(functions)) {
      expect(JSON.stringify(series)).toContain(`-${name}"`);
    }
    expect(series.flatMap(({ dimensions }) => Object.keys(dimensions))).not.toContain('tenant');
  });
});
