import { Duration, type Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  type Alias,
  Code,
  DockerImageFunction,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { type FunctionName, type FunctionTopology, functions } from '../topology.ts';
import { grantByTopology } from './access.ts';
import {
  errorsEnvironment,
  functionEnvironment,
  imageEnvironment,
  llmEnvironment,
  modelsEnvironment,
  type Stores,
} from './environment.ts';
import { architectureOf, imageCode } from './image.ts';
import { grantKey } from './key.ts';
import { addLogGroup } from './log-groups.ts';
import { mapValues } from './map-values.ts';
import { grantNetwork, type Network } from './network.ts';
import { addAlias } from './rollout.ts';
import type { Settings } from './settings.ts';
import { hearLogs, hearQueues, hearSchedule } from './triggers.ts';

/** A function, and the alias by which everything calls it. */
export interface DeployedFunction {
  readonly code: LambdaFunction;
  readonly alias: Alias;
  readonly logGroup: LogGroup;
}
export type Functions = Readonly<Record<FunctionName, DeployedFunction>>;

/** Folders that the build left: bundles as `<bundles>/<function>/index.mjs`, and the repository that the image is built from. */
export interface CodeFolders {
  readonly bundles: string;
  readonly repository: string;
}

/** What all functions stand on. */
export interface Ground {
  readonly stores: Stores;
  readonly network: Network | undefined;
  readonly settings: Settings;
  readonly folders: CodeFolders;
}

/** The functions of the topology with their roles, logs, rights and triggers. */
export function addFunctions(stack: Stack, ground: Ground): Functions {
  const { stores, settings } = ground;
  return mapValues(functions, (topology: FunctionTopology, name) => {
    const logGroup = addLogGroup(stack, name, settings, stores.key);
    const role = addRole(stack, name, topology, logGroup, ground);
    const code = addFunction(stack, name, topology, ground, { role, logGroup });
    const alias = addAlias(stack, name, { code, logGroup }, settings);
    hearQueues(alias, topology, stores.queues, settings);
    hearSchedule(stack, name, alias, topology);
    if (topology.hearsLogs) hearLogs(stack, alias, settings, stores.queues.lostDeliveries);
    return { code, alias, logGroup };
  });
}

/** A role that may write to its own log group only, in place of the managed policy that may write to all. */
function addRole(
  stack: Stack,
  name: FunctionName,
  topology: FunctionTopology,
  logGroup: LogGroup,
  { stores, network, settings: { llm, errors } }: Ground,
): Role {
  const role = new Role(stack, `${name}-role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  const may = (actions: string[], resource: string) =>
    role.addToPolicy(new PolicyStatement({ actions, resources: [resource] }));
  may(['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn);
  grantByTopology(role, topology, stores);
  grantKey(role, stores.key);
  grantNetwork(role, network);
  if (topology.hearsLogs) may(['sqs:SendMessage'], stores.queues.lostDeliveries.queueArn);
  if (topology.tells) grantTelling(stack, role);
  if (topology.secret === 'llm' && llm !== undefined) may(['secretsmanager:GetSecretValue'], llm.secretArn);
  const headers = errors?.otlpHeadersSecretArn;
  if (topology.hearsErrors && headers !== undefined) may(['secretsmanager:GetSecretValue'], headers);
  return role;
}

function addFunction(
  stack: Stack,
  name: FunctionName,
  topology: FunctionTopology,
  { stores, network, settings, folders }: Ground,
  own: { role: Role; logGroup: LogGroup },
): LambdaFunction {
  const { code, timeoutSeconds, memoryMb, secret, hearsLogs, hearsErrors } = topology;
  const common = {
    ...own,
    // Named, so that dashboards and people find it; what would replace a function replaces its name first.
    functionName: `${stack.stackName}-${name}`,
    ...(network === undefined ? {} : { vpc: network.vpc, vpcSubnets: { subnets: network.subnets } }),
    ...(network === undefined ? {} : { securityGroups: network.securityGroups }),
    ...(hearsLogs ? quietLogs : {}),
    timeout: Duration.seconds(timeoutSeconds),
    memorySize: memoryMb,
    architecture: architectureOf(settings),
    environment: {
      ...functionEnvironment(stack, stores, settings),
      ...(code.kind === 'image' ? { ...modelsEnvironment(settings), ...imageEnvironment(name) } : {}),
      ...(secret === 'llm' ? llmEnvironment(settings) : {}),
      ...(hearsErrors ? errorsEnvironment(settings) : {}),
    },
  };
  if (code.kind === 'image') {
    // One image, several functions: the command names the bundle.
    const source = { repository: folders.repository, folder: code.folder, command: `${name}/index.handler` };
    return new DockerImageFunction(stack, name, { ...common, code: imageCode(stack, name, source, settings) });
  }
  return new LambdaFunction(stack, name, {
    ...common,
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromAsset(`${folders.bundles}/${name}`, { exclude: ['*.map'] }),
  });
}

/**
 * Without Lambda's own lines about each call. An account-level subscription takes our groups too, whatever the settings
 * refuse: a call that wrote anything would be delivered again, for ever.
 */
const quietLogs = { loggingFormat: LoggingFormat.JSON, systemLogLevelV2: SystemLogLevel.WARN };

function grantTelling(stack: Stack, role: Role): void {
  role.addToPolicy(
    new PolicyStatement({
      actions: ['events:PutEvents'],
      resources: [stack.formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' })],
      conditions: { StringEquals: { 'events:source': 'logsieve' } },
    }),
  );
}
