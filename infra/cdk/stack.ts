import { type App, CfnOutput, Stack, Tags } from 'aws-cdk-lib';
import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import { addEndpoints } from './endpoints.ts';
import { ownLogGroupPrefix, type Stores } from './environment.ts';
import { forwardErrors } from './errors.ts';
import { addFunctions, type CodeFolders } from './functions.ts';
import { addGateway } from './gateway.ts';
import { addKey } from './key.ts';
import { findNetwork } from './network.ts';
import { addAlarms } from './observe/alarms.ts';
import { addBudget, COST_TAG } from './observe/budget.ts';
import { addDashboard } from './observe/dashboard.ts';
import { countLogLines } from './observe/log-metrics.ts';
import { addAlarmTopic } from './observe/topic.ts';
import type { Watched } from './observe/watches.ts';
import { addQueues } from './queues.ts';
import { refuseSettings } from './refuse-settings.ts';
import type { Settings } from './settings.ts';
import { addBuckets, addTables } from './storage.ts';

/** The whole service in one stack, from infra/topology.ts; why one: infra/README.md. Throws `SettingsRefused`. */
export function addLogsieve(app: App, settings: Settings, folders: CodeFolders): Stack {
  const stack = openStack(app, settings);
  refuseSettings(settings, ownLogGroupPrefix(stack), folders.repository);
  const stores = addStores(stack, settings);
  const network = findNetwork(stack, settings);
  addEndpoints(stack, settings);
  const functions = addFunctions(stack, { stores, network, settings, folders });
  const api = addGateway(stack, functions, stores, settings);
  forwardErrors(stack, functions, settings);
  observe(stack, { functions, stores, api }, settings);
  new CfnOutput(stack, 'UploadsBucket', { value: stores.buckets.uploads.bucketName });
  new CfnOutput(stack, 'DataBucket', { value: stores.buckets.data.bucketName });
  for (const [name, { tableName }] of Object.entries(stores.tables)) {
    new CfnOutput(stack, `${name[0]?.toUpperCase()}${name.slice(1)}Table`, { value: tableName });
  }
  new CfnOutput(stack, 'IngestLogsFunction', { value: functions['ingest-logs'].alias.functionArn });
  return stack;
}

function openStack(app: App, settings: Settings): Stack {
  const { stackName, account, region, terminationProtection, permissionsBoundary } = settings;
  const stack = new Stack(app, stackName, {
    stackName,
    description: 'logsieve: reads log lines, says which category they are and whether they are anomalies',
    terminationProtection,
    ...(account === undefined ? {} : { env: { account, region } }),
  });
  // CDK states a function's dependency on its role twice; harmless, and not ours to change.
  stack.templateOptions.metadata = { 'cfn-lint': { config: { ignore_checks: ['W3005'] } } };
  for (const [name, value] of Object.entries({ [COST_TAG]: stackName, ...settings.tags }))
    Tags.of(stack).add(name, value);
  if (permissionsBoundary !== undefined) {
    PermissionsBoundary.of(stack).apply(ManagedPolicy.fromManagedPolicyArn(stack, 'boundary', permissionsBoundary));
  }
  return stack;
}

function addStores(stack: Stack, settings: Settings): Stores {
  const key = addKey(stack, settings);
  const queues = addQueues(stack, key);
  return {
    key,
    queues,
    buckets: addBuckets(stack, { queues, key }, settings),
    tables: addTables(stack, key, settings),
  };
}

function observe(stack: Stack, watched: Watched, settings: Settings): void {
  countLogLines(stack, watched.functions, settings);
  addAlarms(stack, watched, settings, addAlarmTopic(stack, settings, watched.stores.key));
  if (settings.alarms.dashboard) addDashboard(stack);
  if (settings.budget !== undefined) addBudget(stack, settings.budget);
}
