import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  DockerImageCode,
  DockerImageFunction,
  Function as LambdaFunction,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { type FunctionName, type FunctionTopology, functions } from '../topology.ts';
import { grantByTopology } from './access.ts';
import { functionEnvironment, llmEnvironment, ownLogGroupPrefix, type Stores } from './environment.ts';
import { imageAsset } from './image.ts';
import { mapValues } from './map-values.ts';
import type { Settings } from './settings.ts';
import { hearLogs, hearQueues, hearSchedule } from './triggers.ts';

export type Functions = Readonly<Record<FunctionName, LambdaFunction>>;

/** Folders that the build left: bundles as `<bundles>/<function>/index.mjs`, and the repository that the image is built from. */
export interface CodeFolders {
  readonly bundles: string;
  readonly repository: string;
}

/** The functions of the topology with their roles, logs, rights and triggers. */
export function addFunctions(stack: Stack, stores: Stores, settings: Settings, folders: CodeFolders): Functions {
  return mapValues(functions, (topology: FunctionTopology, name) => {
    const { role, logGroup } = addRole(stack, name);
    const made = addFunction(stack, name, topology, folders, {
      role,
      logGroup,
      timeout: Duration.seconds(topology.timeoutSeconds),
      memorySize: topology.memoryMb,
      architecture: Architecture.X86_64,
      environment: {
        ...functionEnvironment(stack, stores, settings),
        ...(topology.secret === 'llm' ? llmEnvironment(settings) : {}),
      },
    });
    grantByTopology(role, topology, stores);
    if (topology.tells) grantTelling(stack, role);
    if (topology.secret === 'llm' && settings.llm !== undefined) {
      role.addToPolicy(
        new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [settings.llm.secretArn] }),
      );
    }
    hearQueues(made, topology, stores.queues);
    hearSchedule(stack, name, made, topology);
    if (topology.hearsLogs) hearLogs(stack, made, settings, stores.queues.lostDeliveries);
    return made;
  });
}

/** A role that may write to its own log group only, in place of the managed policy that may write to all. */
function addRole(stack: Stack, name: FunctionName): { role: Role; logGroup: LogGroup } {
  const logGroup = new LogGroup(stack, `${name}-logs`, {
    logGroupName: `${ownLogGroupPrefix(stack)}${name}`,
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new Role(stack, `${name}-role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  role.addToPolicy(
    new PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    }),
  );
  return { role, logGroup };
}

type Common = Pick<
  ConstructorParameters<typeof DockerImageFunction>[2],
  'role' | 'logGroup' | 'timeout' | 'memorySize' | 'architecture' | 'environment'
>;

function addFunction(
  stack: Stack,
  name: FunctionName,
  { code }: FunctionTopology,
  folders: CodeFolders,
  common: Common,
): LambdaFunction {
  if (code.kind === 'image') {
    // One image, several functions: the command names the bundle.
    const asset = imageAsset(folders.repository, code.folder);
    return new DockerImageFunction(stack, name, {
      ...common,
      code: DockerImageCode.fromImageAsset(asset.directory, { ...asset.options, cmd: [`${name}/index.handler`] }),
    });
  }
  return new LambdaFunction(stack, name, {
    ...common,
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromAsset(`${folders.bundles}/${name}`, { exclude: ['*.map'] }),
  });
}

function grantTelling(stack: Stack, role: Role): void {
  role.addToPolicy(
    new PolicyStatement({
      actions: ['events:PutEvents'],
      resources: [stack.formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' })],
      conditions: { StringEquals: { 'events:source': 'logsieve' } },
    }),
  );
}
