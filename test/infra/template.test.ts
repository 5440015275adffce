import { globSync, readFileSync } from 'node:fs';
import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ACTIONS } from '../../infra/cdk/access.ts';
import { gatewayProblems } from '../../infra/gateway-problems.ts';
import { buckets, functions, gateway, lostDeliveries, queues, routes, tables } from '../../infra/topology.ts';
import { readConfig } from '../../lib/config.ts';
import { everySetting, type Resource, synthesize } from './synthesize.ts';

const { template, resources } = synthesize(everySetting);
const ofType = (type: string): readonly Resource[] => resources.filter((resource) => resource.type === type);
const properties = (type: string) => ofType(type).map((resource) => resource.properties);

const statementSchema = z.object({
  Effect: z.string(),
  Action: z.union([z.string(), z.array(z.string())]).transform((actions) => [actions].flat()),
  Resource: z.unknown(),
});
const policySchema = z.object({ PolicyDocument: z.object({ Statement: z.array(statementSchema) }) });
const rolePolicies = ofType('AWS::IAM::Policy').map(({ id, properties }) => ({
  id,
  statements: policySchema.parse(properties).PolicyDocument.Statement,
}));
const methodSchema = z.object({
  HttpMethod: z.string(),
  ResourceId: z.object({ Ref: z.string() }).or(z.unknown().transform(() => undefined)),
  AuthorizationType: z.string(),
});
const resourceSchema = z.object({
  PathPart: z.string(),
  ParentId: z.object({ Ref: z.string() }).or(z.unknown().transform(() => undefined)),
});

/** The path of an API resource, read up its parents. */
function pathOf(id: string | undefined): string {
  const found = resources.find((resource) => resource.id === id);
  if (found === undefined) return '';
  const { PathPart, ParentId } = resourceSchema.parse(found.properties);
  return `${pathOf(ParentId?.Ref)}/${PathPart}`;
}
const methods = ofType('AWS::ApiGateway::Method').map(({ properties }) => {
  const { HttpMethod, ResourceId, AuthorizationType } = methodSchema.parse(properties);
  return { name: `${HttpMethod} ${pathOf(ResourceId?.Ref)}`, authorization: AuthorizationType };
});
/** Calls of the AWS SDK -> the rights they need by `ACTIONS`; those that only one function or nobody has are elsewhere. */
const RIGHTS: Readonly<Record<string, readonly string[]>> = {
  AbortMultipartUpload: ['s3:AbortMultipartUpload'],
  CompleteMultipartUpload: ['s3:PutObject'],
  CreateMultipartUpload: ['s3:PutObject'],
  GetObject: ['s3:GetObject'],
  HeadObject: ['s3:GetObject'],
  ListObjectsV2: ['s3:ListBucket'],
  ListParts: ['s3:ListMultipartUploadParts'],
  PutObject: ['s3:PutObject'],
  UploadPart: ['s3:PutObject'],
  BatchGetItem: ['dynamodb:BatchGetItem'],
  GetItem: ['dynamodb:GetItem'],
  PutItem: ['dynamodb:PutItem'],
  Query: ['dynamodb:Query'],
  UpdateItem: ['dynamodb:UpdateItem'],
  SendMessageBatch: [],
  PutEvents: [],
  GetSecretValue: [],
  // No function deletes: lifecycle rules do.
  DeleteObject: [],
};
const ids = (type: string): readonly string[] => ofType(type).map(({ id }) => id.replace(/[0-9A-F]{8}$/, ''));
const plain = (name: string): string => name.replaceAll('-', '');

describe('the template holds exactly what the topology describes', () => {
  it('functions', () => {
    expect([...ids('AWS::Lambda::Function')].sort()).toEqual(Object.keys(functions).map(plain).sort());
  });

  it('queues, each with its dead letters, and the queue of lost deliveries', () => {
    const named = [...Object.keys(queues).flatMap((name) => [name, `${name}-dead`]), lostDeliveries.queue];

    expect([...ids('AWS::SQS::Queue')].sort()).toEqual(named.map(plain).sort());
  });

  it('tables and buckets', () => {
    expect([...ids('AWS::DynamoDB::Table')].sort()).toEqual(
      Object.keys(tables)
        .map((name) => `${name}table`)
        .sort(),
    );
    expect([...ids('AWS::S3::Bucket')].sort()).toEqual(
      Object.keys(buckets)
        .map((name) => `${name}bucket`)
        .sort(),
    );
  });

  it('routes, and the rest to a function that says 404', () => {
    const extra = ['ANY /classify/{proxy+}', 'ANY /v1/classify/{proxy+}', 'ANY /{proxy+}'];

    expect(methods.map(({ name }) => name).sort()).toEqual(
      [...routes.map(({ method, path }) => `${method} ${path}`), ...extra].sort(),
    );
  });

  it('event source mappings, schedules and subscriptions', () => {
    const heard = Object.values(functions).flatMap(({ hears }) => hears ?? []);
    const scheduled = Object.values(functions).filter(({ everyMinutes }) => everyMinutes !== undefined);

    template.resourceCountIs('AWS::Lambda::EventSourceMapping', heard.length);
    template.resourceCountIs('AWS::Events::Rule', scheduled.length);
    template.resourceCountIs('AWS::Lambda::EventInvokeConfig', 1);
  });
});

describe('the deployed service', () => {
  it('sets an environment that lib/config.ts accepts, and knows its own logs', () => {
    const schema = z.object({ Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }) });

    for (const found of properties('AWS::Lambda::Function')) {
      const { Variables } = schema.parse(found).Environment;
      // References are only known once deployed; any address will do here.
      const filled = Object.entries(Variables).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : 'https://example.com/resource',
      ]);
      const config = readConfig(Object.fromEntries(filled));
      expect(config.LOG_GROUPS).toEqual(everySetting.logGroups);
      expect(config.OWN_LOG_GROUP_PREFIX).toBe('/aws/lambda/logsieve-');
    }
    for (const { LogGroupName } of properties('AWS::Logs::LogGroup')) {
      expect(LogGroupName).toMatch(/^\/aws\/lambda\/logsieve-/);
    }
  });

  it('gives no right by wildcard, but for the objects of its own buckets', () => {
    for (const { id, statements } of rolePolicies) {
      for (const { Action, Resource } of statements) {
        expect(
          Action.filter((action) => action.includes('*')),
          id,
        ).toEqual([]);
        const wild = [Resource].flat().filter((resource) => JSON.stringify(resource).includes('*'));
        for (const resource of wild) {
          expect(resource).toEqual({
            'Fn::Join': ['', [{ 'Fn::GetAtt': [expect.stringMatching(/bucket/), 'Arn'] }, '/*']],
          });
        }
      }
    }
  });

  it('grants every call that the adapters make, and no call that they do not', () => {
    const root = new URL('../../', import.meta.url);
    const called = globSync('lib/aws/*.ts', { cwd: root }).flatMap((file) =>
      [...readFileSync(new URL(file, root), 'utf8').matchAll(/new (\w+)Command\(/g)].map((match) => match[1] ?? ''),
    );
    const needed = called.flatMap((command) => RIGHTS[command] ?? [`no right is known for ${command}`]);

    const granted = Object.values(ACTIONS).flat();
    // S3 asks for one more when a version is named.
    expect([...new Set(granted)].sort()).toEqual([...new Set([...needed, 's3:GetObjectVersion'])].sort());
  });

  it('lets only functions that write a table write to it', () => {
    const mayWrite = (name: string) =>
      rolePolicies
        .filter(({ statements }) =>
          statements.some(
            ({ Action, Resource }) =>
              Action.includes('dynamodb:PutItem') && JSON.stringify(Resource).includes(`${name}table`),
          ),
        )
        .map(({ id }) => id.replace(/roleDefaultPolicy[0-9A-F]{8}$/, ''))
        .sort();

    for (const name of Object.keys(tables)) {
      const writers = Object.entries(functions).filter(([, { writes }]) => writes.some((written) => written === name));
      expect(mayWrite(name)).toEqual(writers.map(([writer]) => plain(writer)).sort());
    }
  });

  it('keeps buckets private and encrypted, and refuses plain HTTP to them and to queues', () => {
    template.allResourcesProperties('AWS::S3::Bucket', {
      BucketEncryption: Match.anyValue(),
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
    const refusal = { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
    const guarded = { PolicyDocument: { Statement: Match.arrayWith([Match.objectLike(refusal)]) } };
    template.allResourcesProperties('AWS::S3::BucketPolicy', guarded);
    template.allResourcesProperties('AWS::SQS::QueuePolicy', guarded);
    template.resourceCountIs('AWS::SQS::QueuePolicy', ofType('AWS::SQS::Queue').length);
    template.allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
  });

  it('can restore its tables to any point of the last days, and expires what the topology says expires', () => {
    template.allResourcesProperties('AWS::DynamoDB::Table', {
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
    });
    template.resourcePropertiesCountIs(
      'AWS::DynamoDB::Table',
      { TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true } },
      Object.values(tables).filter(({ expires }) => expires !== undefined).length,
    );
  });

  it('sends a message to the dead letters after the tries of the topology', () => {
    for (const [name, { maxReceives, visibilitySeconds }] of Object.entries(queues)) {
      template.hasResourceProperties('AWS::SQS::Queue', {
        QueueName: `logsieve-${name}`,
        VisibilityTimeout: visibilitySeconds,
        RedrivePolicy: { maxReceiveCount: maxReceives },
      });
    }
  });

  it('reports failures by message and caps the consumers of every queue', () => {
    template.allResourcesProperties('AWS::Lambda::EventSourceMapping', {
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: Match.anyValue() },
    });
  });

  it('hears of uploads under the notifying prefix only, from its own bucket only', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      NotificationConfiguration: {
        QueueConfigurations: [
          { Event: 's3:ObjectCreated:*', Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'incoming/' }] } } },
        ],
      },
    });
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Principal: { Service: 's3.amazonaws.com' },
            Condition: { ArnEquals: Match.anyValue(), StringEquals: { 'aws:SourceAccount': Match.anyValue() } },
          }),
        ]),
      },
    });
  });

  it('asks for a key on every route that has a scope, and remembers the answer for a minute', () => {
    const open = routes.filter(({ scope }) => scope === undefined).map(({ method, path }) => `${method} ${path}`);

    expect(methods.filter(({ authorization }) => authorization === 'NONE').map(({ name }) => name)).toEqual(open);
    expect(new Set(methods.map(({ authorization }) => authorization))).toEqual(new Set(['NONE', 'CUSTOM']));
    template.hasResourceProperties('AWS::ApiGateway::Authorizer', {
      Type: 'REQUEST',
      IdentitySource: 'method.request.header.x-api-key',
      AuthorizerResultTtlInSeconds: gateway.authorizerCacheSeconds,
    });
  });

  it('passes bodies on as bytes, throttles, and speaks in problem documents of its own', () => {
    template.hasResourceProperties('AWS::ApiGateway::RestApi', {
      BinaryMediaTypes: ['*/*'],
      MinimumCompressionSize: Match.absent(),
    });
    template.hasResourceProperties('AWS::ApiGateway::Stage', {
      MethodSettings: [Match.objectLike({ ThrottlingRateLimit: gateway.throttle.perSecond, DataTraceEnabled: false })],
    });
    const responses = Object.values(gatewayProblems).flatMap((problem): readonly string[] => problem.responses);
    template.resourceCountIs('AWS::ApiGateway::GatewayResponse', responses.length);
    template.allResourcesProperties('AWS::ApiGateway::GatewayResponse', {
      ResponseParameters: Match.objectLike({
        'gatewayresponse.header.Content-Type': "'application/problem+json'",
      }),
    });
  });

  it('never puts a key into the access log', () => {
    const [stage] = properties('AWS::ApiGateway::Stage');

    expect(JSON.stringify(stage)).not.toMatch(/x-api-key|querystring/i);
  });

  it('takes log deliveries from the listed groups of the owner’s account only', () => {
    const permissions = properties('AWS::Lambda::Permission').filter(
      ({ Principal }) => Principal === 'logs.amazonaws.com',
    );

    expect(permissions).toHaveLength(1);
    expect(permissions[0]).toMatchObject({ SourceAccount: { Ref: 'AWS::AccountId' } });
    expect(JSON.stringify(permissions[0]?.SourceArn)).toContain(':log-group:/aws/ecs/*');
  });

  it('builds the functions with the models from one image, told apart by their command', () => {
    const schema = z.object({
      PackageType: z.literal('Image'),
      Architectures: z.tuple([z.literal('x86_64')]),
      ImageConfig: z.object({ Command: z.array(z.string()) }),
      Code: z.object({ ImageUri: z.unknown() }),
    });
    const images = properties('AWS::Lambda::Function').flatMap((found) => schema.safeParse(found).data ?? []);

    expect(images.flatMap(({ ImageConfig }) => ImageConfig.Command).sort()).toEqual([
      'classify-http/index.handler',
      'classify-worker/index.handler',
    ]);
    expect(new Set(images.map(({ Code }) => JSON.stringify(Code))).size).toBe(1);
  });

  it('has a section in the runbook for every alarm', () => {
    const runbook = readFileSync(new URL('../../infra/RUNBOOK.md', import.meta.url), 'utf8');
    const sections = runbook.split('\n').flatMap((line) => (line.startsWith('### ') ? line.slice(4).split(', ') : []));
    const alarms = properties('AWS::CloudWatch::Alarm').map(({ AlarmName }) =>
      String(AlarmName).replace('logsieve-', ''),
    );

    expect([...alarms].sort()).toEqual([...sections].sort());
  });
});
