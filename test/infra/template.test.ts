import { readFileSync } from 'node:fs';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { settings as minimalSettings } from '../../infra/config/minimal.ts';
import { gatewayProblems } from '../../infra/gateway-problems.ts';
import { buckets, functions, gateway, queues, routes, tables } from '../../infra/topology.ts';
import { readConfig } from '../../lib/config.ts';
import { apiMethods } from './api-methods.ts';
import { everySetting, synthesize } from './synthesize.ts';

const { template, resources, warnings } = synthesize(everySetting);
const minimal = synthesize(minimalSettings);
const methods = apiMethods(resources);
const properties = (type: string) =>
  resources.filter((resource) => resource.type === type).map((resource) => resource.properties);

describe('the deployed service', () => {
  it('is synthesised without a warning', () => {
    expect([...warnings, ...minimal.warnings]).toEqual([]);
  });

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
      expect(config.LOG_GROUPS).toEqual([
        { prefix: '/aws/lambda/shop', tenant: 'shop', account: everySetting.account, exact: true },
        { prefix: '/aws/ecs/', tenant: 'acme', account: everySetting.account },
      ]);
      expect(config.CORS_ORIGINS).toEqual(everySetting.cors);
      expect(JSON.stringify(Variables).length).toBeLessThan(3_800);
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
    const closed = routes.filter(({ scope }) => scope !== undefined).map(({ method, path }) => `${method} ${path}`);

    const withKey = methods.filter(({ authorization }) => authorization === 'CUSTOM').map(({ name }) => name);
    expect(withKey.filter((name) => !name.endsWith('/{proxy+}')).sort()).toEqual(closed.sort());
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
      MethodSettings: Match.arrayWith([
        Match.objectLike({ HttpMethod: '*', ThrottlingRateLimit: gateway.throttle.perSecond, DataTraceEnabled: false }),
        Match.objectLike({ HttpMethod: 'POST', ResourcePath: '/~1v1~1classify', ThrottlingRateLimit: 500 }),
        Match.objectLike({ HttpMethod: 'POST', ResourcePath: '/~1v1~1classify~1{proxy+}', ThrottlingRateLimit: 500 }),
      ]),
    });
    const responses = Object.values(gatewayProblems).flatMap((problem): readonly string[] => problem.responses);
    template.resourceCountIs('AWS::ApiGateway::GatewayResponse', responses.length);
    template.allResourcesProperties('AWS::ApiGateway::GatewayResponse', {
      ResponseParameters: Match.objectLike({
        'gatewayresponse.header.Content-Type': "'application/problem+json'",
        'gatewayresponse.header.access-control-allow-origin': "'https://console.example.com'",
      }),
    });
    template.hasResourceProperties('AWS::ApiGateway::GatewayResponse', {
      ResponseType: 'THROTTLED',
      ResponseParameters: Match.objectLike({ 'gatewayresponse.header.Retry-After': "'1'" }),
    });
  });

  it('holds every method that runs the models to its rate, with a slash at the end of its path too', () => {
    const schema = z.object({
      MethodSettings: z.array(
        z.object({ HttpMethod: z.string(), ResourcePath: z.string(), ThrottlingRateLimit: z.number() }),
      ),
    });
    const [stage] = properties('AWS::ApiGateway::Stage').map((found) => schema.parse(found).MethodSettings);
    const held = (stage ?? []).flatMap(({ HttpMethod, ResourcePath, ThrottlingRateLimit }) =>
      ThrottlingRateLimit === 500 ? [`${HttpMethod} ${ResourcePath.slice(1).replaceAll('~1', '/')}`] : [],
    );
    const paths = methods.map(({ name }) => name.replace(/^\w+ /, ''));
    const asked = routes.flatMap(({ method, path, handledBy }) =>
      handledBy === 'classify-http' ? [`${method} ${path}`, `${method} ${path}/{proxy+}`] : [],
    );

    expect(held.sort()).toEqual(asked.sort());
    expect(held.filter((name) => !paths.includes(name.replace(/^\w+ /, '')))).toEqual([]);
  });

  it('tells whom the firewall refused, and when to come again', () => {
    template.hasResourceProperties('AWS::ApiGateway::GatewayResponse', {
      ResponseType: 'WAF_FILTERED',
      StatusCode: '403',
      ResponseParameters: Match.objectLike({ 'gatewayresponse.header.Retry-After': "'300'" }),
      ResponseTemplates: { 'application/json': Match.stringLikeRegexp('Too many requests came from this address') },
    });
  });

  it('never puts a key into the access log', () => {
    const [stage] = properties('AWS::ApiGateway::Stage');

    expect(JSON.stringify(stage)).not.toMatch(/x-api-key|querystring/i);
  });

  it('takes log deliveries from the listed groups of the owner’s account only, and subscribes those that are named', () => {
    const permissions = properties('AWS::Lambda::Permission').filter(
      ({ Principal, SourceArn }) =>
        Principal === 'logs.amazonaws.com' && !JSON.stringify(SourceArn).includes('/logsieve-'),
    );

    expect(permissions.map(({ SourceAccount, SourceArn }) => [SourceAccount, JSON.stringify(SourceArn)])).toEqual([
      ['111122223333', expect.stringContaining(':log-group:/aws/lambda/shop:*')],
      ['111122223333', expect.stringContaining(':log-group:/aws/ecs/*')],
    ]);
    template.hasResourceProperties('AWS::Logs::SubscriptionFilter', {
      LogGroupName: '/aws/lambda/shop',
      FilterPattern: '',
    });
  });

  it('writes nothing of its own about a log delivery, which an account-level subscription would deliver again', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'logsieve-ingest-logs',
      LoggingConfig: { LogFormat: 'JSON', SystemLogLevel: 'WARN' },
    });
  });

  it('sends the errors in every log but the reporter’s own to the reporter', () => {
    const filters = properties('AWS::Logs::SubscriptionFilter').filter(({ FilterName }) => FilterName === 'errors');

    expect(filters).toHaveLength(Object.keys(functions).length - 1);
    expect(JSON.stringify(filters)).not.toContain('reporterrorslogs');
  });

  it('is called by its aliases, which new code reaches by a tenth and leaves at an alarm', () => {
    const groups = properties('AWS::CodeDeploy::DeploymentGroup');

    expect(groups).toHaveLength(6);
    for (const group of groups) {
      expect(group).toMatchObject({
        DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
        AlarmConfiguration: { Enabled: true },
        AutoRollbackConfiguration: { Enabled: true, Events: expect.arrayContaining(['DEPLOYMENT_STOP_ON_ALARM']) },
      });
    }
    for (const { FunctionName } of properties('AWS::Lambda::EventSourceMapping')) {
      expect(JSON.stringify(FunctionName)).toContain('live');
    }
  });

  it('goes back to the old code for what a function answers by itself too: a request by 5xx, a message by its id', () => {
    const answering = ['api', 'classify-http', 'classify-worker', 'ingest-upload', 'finish-job'];
    const faults = z.object({ FilterPattern: z.string().includes('message-failed'), LogGroupName: z.unknown() });

    for (const name of answering) {
      template.hasResourceProperties('AWS::Logs::MetricFilter', {
        FilterPattern: '{ ($.level = "error") && (($.event = "fault") || ($.event = "message-failed")) }',
        MetricTransformations: [{ MetricName: `${name}-faults`, MetricNamespace: 'logsieve', MetricValue: '1' }],
      });
      template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        AlarmName: `logsieve-${name}-rollout-faults`,
        MetricName: `${name}-faults`,
        Namespace: 'logsieve',
        Threshold: 0,
      });
    }
    const groups = properties('AWS::CodeDeploy::DeploymentGroup').map(({ AlarmConfiguration }) =>
      JSON.stringify(AlarmConfiguration),
    );
    expect(groups.filter((alarms) => alarms.includes('rolloutfaults'))).toHaveLength(answering.length);
    const counted = properties('AWS::Logs::MetricFilter').filter((found) => faults.safeParse(found).success);
    expect(new Set(counted.map(({ LogGroupName }) => JSON.stringify(LogGroupName))).size).toBe(answering.length);
    expect(JSON.stringify(minimal.template.findResources('AWS::Logs::MetricFilter'))).not.toContain('message-failed');
  });

  it('says of dead letters that none can be recorded by how many there are, not by an age that leaves them out', () => {
    const schema = z.object({
      AlarmName: z.string().endsWith('-dead'),
      Threshold: z.literal(0),
      EvaluationPeriods: z.literal(4),
      Metrics: z.array(z.object({ Expression: z.string().optional(), MetricStat: z.unknown().optional() })),
    });
    const alarms = properties('AWS::CloudWatch::Alarm').flatMap((found) => schema.safeParse(found).data ?? []);

    expect(alarms).toHaveLength(Object.keys(queues).length);
    for (const { Metrics } of alarms) {
      expect(Metrics.flatMap(({ Expression }) => Expression ?? [])).toEqual(['m0+m1']);
      const read = JSON.stringify(Metrics);
      for (const metric of ['ApproximateNumberOfMessagesVisible', 'ApproximateNumberOfMessagesNotVisible'])
        expect(read).toContain(`"${metric}"`);
      expect(read).not.toContain('"Stat":"Average"');
    }
  });

  it('never repeats a round of the sweep, and speaks of three that failed in a row', () => {
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: Match.stringLikeRegexp('^sweep') },
      MaximumRetryAttempts: 0,
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'logsieve-sweep-errors',
      Period: 300,
      Threshold: 0,
      EvaluationPeriods: 3,
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'logsieve-api-errors',
      Threshold: 2,
      EvaluationPeriods: 1,
    });
  });

  it('keeps results, verdicts and replaced uploads for as long as the owner says', () => {
    const { template: short } = synthesize({ retention: { resultDays: 90, uploadDays: 120 } });

    short.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 90 })] },
    });
    short.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: [Match.objectLike({ ExpirationInDays: 120, NoncurrentVersionExpiration: { NoncurrentDays: 90 } })],
      },
    });
    short.allResourcesProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ RETENTION_DAYS: '90' }) },
    });
  });

  it('keeps what cannot be computed again when the stack goes, and nothing when the owner says so', () => {
    const kept = (found: Template) =>
      Object.values({
        ...found.findResources('AWS::S3::Bucket', { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' }),
        ...found.findResources('AWS::DynamoDB::Table', { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' }),
      }).length;

    expect(kept(template)).toBe(Object.keys(buckets).length + Object.keys(tables).length - 1);
    expect(kept(synthesize({ removal: 'destroy' }).template)).toBe(0);
  });

  it('has the owner’s name, firewall, tags and budget where they are set', () => {
    template.hasResourceProperties('AWS::ApiGateway::DomainName', { DomainName: everySetting.domain.name });
    template.hasResourceProperties('AWS::ApiGateway::RestApi', { DisableExecuteApiEndpoint: true });
    template.resourceCountIs('AWS::WAFv2::WebACLAssociation', 1);
    template.hasResourceProperties('AWS::Budgets::Budget', {
      Budget: { BudgetLimit: { Amount: 100 }, CostFilters: { TagKeyValue: ['user:logsieve$logsieve'] } },
    });
    template.allResourcesProperties('AWS::SQS::Queue', {
      Tags: Match.arrayWith([
        { Key: 'logsieve', Value: 'logsieve' },
        { Key: 'team', Value: 'platform' },
      ]),
    });
  });

  it('lets CloudWatch publish to the alarms’ topic, over TLS only', () => {
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          Match.objectLike({ Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' } }),
        ]),
      },
    });
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

  it('finds what lies beside a bundle, in the image too', () => {
    for (const name of ['classify-http', 'classify-worker']) {
      template.hasResourceProperties('AWS::Lambda::Function', {
        FunctionName: `logsieve-${name}`,
        Environment: { Variables: Match.objectLike({ ASSETS_FOLDER: `/var/task/${name}/assets` }) },
      });
    }
  });

  it('has a section in the runbook for every alarm', () => {
    const runbook = readFileSync(new URL('../../infra/RUNBOOK.md', import.meta.url), 'utf8');
    const sections = runbook.split('\n').flatMap((line) => (line.startsWith('### ') ? line.slice(4).split(', ') : []));
    const named = (type: string, all: typeof resources) =>
      all.flatMap((each) => (each.type === type ? [String(each.properties.AlarmName)] : []));
    const alarms = [
      ...named('AWS::CloudWatch::Alarm', resources),
      ...named('AWS::CloudWatch::Alarm', minimal.resources),
    ];

    expect([...new Set(alarms.map((name) => name.replace(/^logsieve-(minimal-)?/, '')))].sort()).toEqual(
      [...sections].sort(),
    );
  });
});
