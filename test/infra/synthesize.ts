import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import * as z from 'zod';
import { readSettings } from '../../infra/cdk/settings.ts';
import { addLogsieve } from '../../infra/cdk/stack.ts';
import { functions } from '../../infra/topology.ts';

/** Settings that use everything an owner may turn on. */
export const everySetting = {
  logGroups: [{ prefix: '/aws/ecs/', tenant: 'acme' }],
  llm: { secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:groq-AbCdEf' },
  alarmTopicArn: 'arn:aws:sns:eu-central-1:111122223333:on-call',
};

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
export function synthesize(settings: unknown = {}): { template: Template; resources: readonly Resource[] } {
  const folder = mkdtempSync(join(tmpdir(), 'logsieve-synth-'));
  for (const name of Object.keys(functions)) {
    mkdirSync(join(folder, 'bundles', name), { recursive: true });
    writeFileSync(join(folder, 'bundles', name, 'index.mjs'), 'export const handler = () => {};\n');
  }
  const dockerfile = 'functions/classify/Dockerfile';
  cpSync(resolve(import.meta.dirname, '../..', dockerfile), join(folder, 'repository', dockerfile));
  const app = new App({ outdir: join(folder, 'out'), context: { 'aws:cdk:version-reporting': false } });
  const stack = addLogsieve(app, readSettings(settings), {
    bundles: join(folder, 'bundles'),
    repository: join(folder, 'repository'),
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const template = Template.fromStack(stack);
  rmSync(folder, { recursive: true });
  return { template, resources: resourcesOf(template) };
}

function resourcesOf(template: Template): readonly Resource[] {
  const { Resources } = templateSchema.parse(template.toJSON());
  return Object.entries(Resources).map(([id, { Type, Properties }]) => ({ id, type: Type, properties: Properties }));
}
