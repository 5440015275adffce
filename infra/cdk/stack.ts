import { type App, CfnOutput, Stack } from 'aws-cdk-lib';
import { addAlarms } from './alarms.ts';
import { ownLogGroupPrefix } from './environment.ts';
import { addFunctions, type CodeFolders } from './functions.ts';
import { addGateway } from './gateway.ts';
import { addQueues } from './queues.ts';
import { refuseOwnLogs, type Settings } from './settings.ts';
import { addBuckets, addTables } from './storage.ts';

/** The whole service in one stack, from infra/topology.ts: bucket, notification and queue must stay together. */
export function addLogsieve(app: App, settings: Settings, folders: CodeFolders): Stack {
  const stack = new Stack(app, settings.stackName, {
    stackName: settings.stackName,
    description: 'logsieve: reads log lines, says which category they are and whether they are anomalies',
  });
  // CDK states a function's dependency on its role twice; harmless, and not ours to change.
  stack.templateOptions.metadata = { 'cfn-lint': { config: { ignore_checks: ['W3005'] } } };
  refuseOwnLogs(settings, ownLogGroupPrefix(stack));
  const queues = addQueues(stack);
  const stores = { queues, buckets: addBuckets(stack, queues), tables: addTables(stack) };
  const functions = addFunctions(stack, stores, settings, folders);
  const api = addGateway(stack, functions);
  addAlarms(stack, { queues, functions, api }, settings);
  new CfnOutput(stack, 'UploadsBucket', { value: stores.buckets.uploads.bucketName });
  new CfnOutput(stack, 'AccessTable', { value: stores.tables.access.tableName });
  new CfnOutput(stack, 'IngestLogsFunction', { value: functions['ingest-logs'].functionArn });
  return stack;
}
