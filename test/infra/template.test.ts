import { readFileSync } from 'node:fs';
import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { gatewayProblems } from '../../infra/gateway-problems.ts';
import { gateway, queues, routes, tables } from '../../infra/topology.ts';
import { readConfig } from '../../lib/config.ts';
import { apiMethods } from './api-methods.ts';
import { everySetting, synthesize } from './synthesize.ts';

const { template, resources } = synthesize(everySetting);
const methods = apiMethods(resources);
const properties = (type: string) =>
  resources.filter((resource) => resource.type === type).map((resource) => resource.properties);

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
    template.resourceCountIs('AWS::SQS::QueuePolicy', properties('AWS::SQS::Queue').length);
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
