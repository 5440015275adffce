import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Match } from 'aws-cdk-lib/assertions';
import { afterAll, describe, expect, it } from 'vitest';
import { type Serve, startEmulators } from '../../infra/local/emulators.ts';
import { wiring } from '../../infra/local/wiring.ts';
import { routes } from '../../infra/topology.ts';
import { apiMethods } from './api-methods.ts';
import { deployedParts } from './deployed-parts.ts';
import { laptopParts } from './laptop-parts.ts';
import { topologyParts } from './parts.ts';
import { synthesize } from './synthesize.ts';

// Without the options: what they add is theirs, and the topology's no more.
const { template, resources } = synthesize();
const methods = apiMethods(resources);

describe('one topology, two builders', () => {
  const folder = mkdtempSync(join(tmpdir(), 'logsieve-walk-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const nobody: Serve = (_request, response) => response.writeHead(404).end();

  it('the template holds what the topology describes: queues, tables, buckets, functions, their limits, who hears whom, routes', () => {
    expect(deployedParts(resources)).toEqual(topologyParts());
  });

  it('the laptop holds the same', async () => {
    const own = { now: Date.now, serveInvoke: nobody, serveEvents: nobody };
    const emulators = await startEmulators({ folder, port: 0, ...own });

    const parts = await laptopParts(emulators.endpoint).finally(() => emulators.close());

    expect(parts).toEqual(topologyParts());
  });

  it('one function hears log deliveries, one errors, in both', () => {
    const lost = { DestinationConfig: Match.anyValue() };
    template.resourcePropertiesCountIs('AWS::Lambda::EventInvokeConfig', lost, 1);
    for (const trigger of ['hearsLogs', 'hearsErrors', 'drains'] as const)
      expect(wiring.functions.filter((each) => each[trigger])).toHaveLength(1);
  });
});

describe('the gateway of the template', () => {
  it('has the routes, and the rest goes to a function that says 404', () => {
    // To the gateway a path with a slash at its end is another path.
    const slashed = routes.filter(
      ({ path, handledBy, scope }) => path !== '/' && (handledBy !== 'api' || scope === undefined),
    );
    const extra = new Set([
      'ANY /{proxy+}',
      ...slashed.map(({ path }) => `ANY ${path}/{proxy+}`),
      ...routes.map(({ path }) => `ANY ${path}`),
    ]);

    expect(methods.map(({ name }) => name).sort()).toEqual(
      [...routes.map(({ method, path }) => `${method} ${path}`), ...extra].sort(),
    );
  });
});
