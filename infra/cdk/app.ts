import { resolve } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { buildFunctions, functionsFolder } from '../commands/build.ts';
import { readStage, SettingsRefused } from './read-settings.ts';
import { addLogsieve } from './stack.ts';

try {
  // CDK would synthesise what was refused half-way once more, when the process ends.
  const app = new App({ autoSynth: false });
  const context = (name: string): unknown => app.node.tryGetContext(name);
  const settings = await readStage({ stage: context('stage'), logsieve: context('logsieve') });
  // Built here and not before, so that what is deployed is never older than the source.
  await buildFunctions();
  addLogsieve(app, settings, { bundles: functionsFolder, repository: resolve(import.meta.dirname, '../..') });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  app.synth();
} catch (error) {
  if (!(error instanceof SettingsRefused)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
