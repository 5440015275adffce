import { resolve } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { buildFunctions, functionsFolder } from '../commands/build.ts';
import { readSettings } from './settings.ts';
import { addLogsieve } from './stack.ts';

// Built here and not before, so that what is deployed is never older than the source.
await buildFunctions();

const app = new App();
addLogsieve(app, readSettings(app.node.tryGetContext('logsieve')), {
  bundles: functionsFolder,
  repository: resolve(import.meta.dirname, '../..'),
});
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
app.synth();
