import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cloudWatchDashboard, prometheusDashboard } from '../observe/grafana-dashboard.ts';

/** `npm run grafana`: writes the dashboards of infra/observe/grafana anew from infra/observe/figures.ts. */
const folder = join(import.meta.dirname, '../observe/grafana/dashboards');
mkdirSync(folder, { recursive: true });
for (const [name, content] of [
  ['cloudwatch', cloudWatchDashboard()],
  ['prometheus', prometheusDashboard()],
] as const) {
  writeFileSync(join(folder, `logsieve-${name}.json`), `${JSON.stringify(content, undefined, 2)}\n`);
}
