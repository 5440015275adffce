import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { App } from 'aws-cdk-lib';
import * as z from 'zod';
import type { Settings } from '../cdk/settings.ts';
import { addLogsieve } from '../cdk/stack.ts';
import { functions } from '../topology.ts';

const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.looseObject({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
});
export interface TemplateResource {
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

const repository = resolve(import.meta.dirname, '../..');
/** What the image's build is told of, and what settings are checked against; the rest of the repository costs nothing to leave out. */
export const templateFiles = [
  'functions/classify/Dockerfile',
  'models/labels.json',
  'models/rules.json',
  'models/starter/head.json',
];

/** The resources of a stage's template. Bundles and image do not show in it, so that their folders are made up. */
export function resourcesOf(settings: Settings): readonly TemplateResource[] {
  const folder = mkdtempSync(join(tmpdir(), 'logsieve-cost-'));
  try {
    for (const name of Object.keys(functions)) {
      mkdirSync(join(folder, 'bundles', name), { recursive: true });
      writeFileSync(join(folder, 'bundles', name, 'index.mjs'), '');
    }
    for (const file of templateFiles) cpSync(join(repository, file), join(folder, 'repository', file));
    const app = new App({ outdir: join(folder, 'out'), context: { 'aws:cdk:version-reporting': false } });
    const folders = { bundles: join(folder, 'bundles'), repository: join(folder, 'repository') };
    const { stackName } = addLogsieve(app, settings, folders);
    const { Resources } = templateSchema.parse(app.synth().getStackByName(stackName).template);
    return Object.values(Resources).map(({ Type, Properties }) => ({ type: Type, properties: Properties }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
