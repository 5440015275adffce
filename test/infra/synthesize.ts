import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import * as z from 'zod';
import { readSettings } from '../../infra/cdk/read-settings.ts';
import type { StageSettings } from '../../infra/cdk/settings.ts';
import { addLogsieve } from '../../infra/cdk/stack.ts';
import { templateFiles } from '../../infra/cost/template.ts';
import { functions } from '../../infra/topology.ts';

const account = '111122223333';
const region = 'eu-central-1';

/** Settings that use what an owner may turn on, as far as one excludes no other. */
export const everySetting = {
  account,
  region,
  tags: { team: 'platform' },
  permissionsBoundary: `arn:aws:iam::${account}:policy/boundary`,
  terminationProtection: true,
  rollout: 'canary',
  logGroups: [
    { name: '/aws/lambda/shop', tenant: 'shop' },
    { prefix: '/aws/ecs/', tenant: 'acme' },
  ],
  llm: { secretArn: `arn:aws:secretsmanager:${region}:${account}:secret:groq-AbCdEf` },
  alarms: { email: 'on-call@example.com' },
  budget: { monthlyUsd: 100, email: 'finance@example.com' },
  domain: {
    name: 'logs.example.com',
    certificateArn: `arn:aws:acm:${region}:${account}:certificate/0a1b2c3d`,
    hostedZoneId: 'Z0123456789ABC',
  },
  cors: ['https://console.example.com'],
  firewall: { requestsPerFiveMinutes: 1_000 },
  errors: {
    otlpEndpoint: 'https://otlp.example.com',
    otlpHeadersSecretArn: `arn:aws:secretsmanager:${region}:${account}:secret:otlp-AbCdEf`,
    sentryDsn: 'https://0a1b2c3d@sentry.example.com/42',
  },
  quotas: { everyone: { linesPerDay: 1_000_000 } },
} as const satisfies StageSettings;

/** Functions in the owner's network, an API that the internet does not see, and a key of the owner's. */
export const privateSetting = {
  account,
  region,
  encryptionKey: 'create',
  llm: everySetting.llm,
  alarms: { email: 'on-call@example.com' },
  vpc: {
    vpcId: 'vpc-0a1b2c3d',
    subnetIds: ['subnet-0a1b2c3d', 'subnet-1a1b2c3d'],
    securityGroupIds: ['sg-0a1b2c3d'],
    endpoints: { routeTableIds: ['rtb-0a1b2c3d'] },
    privateApi: { endpointIds: ['vpce-0a1b2c3d'] },
  },
} as const satisfies StageSettings;

export interface Resource {
  readonly id: string;
  readonly type: string;
  readonly properties: Record<string, unknown>;
}

const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
});

/**
 * The stack of the topology, synthesised with cdk-nag on, which throws where a rule is broken without a reason. What the
 * bundles and the image hold does not show in a template, so their folders are made up: no build is needed.
 */
export function synthesize(
  settings: unknown = {},
  modelFiles: readonly string[] = [],
): { template: Template; resources: readonly Resource[]; warnings: readonly string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'logsieve-synth-'));
  for (const name of Object.keys(functions)) {
    mkdirSync(join(folder, 'bundles', name), { recursive: true });
    writeFileSync(join(folder, 'bundles', name, 'index.mjs'), 'export const handler = () => {};\n');
  }
  for (const file of templateFiles) {
    cpSync(resolve(import.meta.dirname, '../..', file), join(folder, 'repository', file));
  }
  for (const file of modelFiles) {
    mkdirSync(join(folder, 'repository', file, '..'), { recursive: true });
    writeFileSync(join(folder, 'repository', file), '');
  }
  const app = new App({ outdir: join(folder, 'out'), context: { 'aws:cdk:version-reporting': false } });
  const stack = addLogsieve(app, readSettings(settings), {
    bundles: join(folder, 'bundles'),
    repository: join(folder, 'repository'),
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const template = Template.fromStack(stack);
  const warnings = Annotations.fromStack(stack).findWarning('*', Match.anyValue());
  rmSync(folder, { recursive: true });
  return { template, resources: resourcesOf(template), warnings: warnings.map(({ entry }) => String(entry.data)) };
}

function resourcesOf(template: Template): readonly Resource[] {
  const { Resources } = templateSchema.parse(template.toJSON());
  return Object.entries(Resources).map(([id, { Type, Properties }]) => ({ id, type: Type, properties: Properties }));
}
