import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { settings as minimalSettings } from '../../infra/config/minimal.ts';
import { functions } from '../../infra/topology.ts';
import { privateSetting, synthesize } from './synthesize.ts';

const minimal = synthesize(minimalSettings);

describe('the stage minimal', () => {
  const filters = minimal.resources.filter(({ type }) => type === 'AWS::Logs::MetricFilter');
  const filterSchema = z.object({
    FilterPattern: z.string().max(1_024),
    MetricTransformations: z.tuple([z.object({ MetricName: z.string() })]),
  });

  it('has an alarm for trouble and one for lateness, each of one metric, and no dashboard', () => {
    minimal.template.resourceCountIs('AWS::CloudWatch::Alarm', 2);
    minimal.template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'Trouble', Threshold: 0 });
    minimal.template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'ApproximateAgeOfOldestMessage' });
    minimal.template.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
  });

  it('counts the trouble of every function and of the gateway, and nothing else, as each metric costs in a month that it counts', () => {
    const parsed = filters.map(({ properties }) => filterSchema.parse(properties));

    expect(parsed).toHaveLength(Object.keys(functions).length + 1);
    expect(new Set(parsed.map(({ MetricTransformations: [{ MetricName }] }) => MetricName))).toEqual(
      new Set(['Trouble']),
    );
    for (const line of ['"event":"dead-letter"', '"event":"fault"', 'Task timed out', '"errorType"'])
      expect(parsed[0]?.FilterPattern).toContain(JSON.stringify(line));
  });

  it('leaves the cap off two queues, which a cap would make dearer, and keeps it on those by which lines wait', () => {
    const capped = minimal.resources.flatMap(({ type, properties: { ScalingConfig, EventSourceArn } }) =>
      type === 'AWS::Lambda::EventSourceMapping' && ScalingConfig !== undefined ? [JSON.stringify(EventSourceArn)] : [],
    );

    expect(capped).toEqual([expect.stringContaining('chunkssmall'), expect.stringContaining('chunksbulk')]);
  });
});

describe('the service in a network of the owner’s', () => {
  const { template: inside } = synthesize(privateSetting);
  const aSecret = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:otlp-AbCdEf';

  it('runs every function in the subnets, with the endpoints it needs', () => {
    inside.allResourcesProperties('AWS::Lambda::Function', {
      VpcConfig: { SubnetIds: privateSetting.vpc.subnetIds, SecurityGroupIds: privateSetting.vpc.securityGroupIds },
    });
    inside.resourcePropertiesCountIs('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Gateway' }, 2);
    inside.resourcePropertiesCountIs('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface' }, 4);
  });

  it.each([
    ['a collector’s secret', { otlpEndpoint: 'https://otlp.example.com', otlpHeadersSecretArn: aSecret }, 4],
    ['Sentry, whose address is no secret', { sentryDsn: 'https://0a1b2c3d@sentry.example.com/42' }, 3],
  ])('has an endpoint of Secrets Manager where there is a secret to read: with %s', (_, errors, interfaces) => {
    const { template } = synthesize({ ...privateSetting, llm: undefined, errors });

    template.resourcePropertiesCountIs('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface' }, interfaces);
  });

  it('answers the owner’s endpoints only', () => {
    inside.hasResourceProperties('AWS::ApiGateway::RestApi', {
      EndpointConfiguration: { Types: ['PRIVATE'], VpcEndpointIds: ['vpce-0a1b2c3d'] },
      Policy: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { StringNotEquals: { 'aws:SourceVpce': ['vpce-0a1b2c3d'] } } }),
        ]),
      },
    });
  });

  it('encrypts everything that keeps anything with the owner’s key, which turns and stays', () => {
    inside.hasResource('AWS::KMS::Key', { Properties: { EnableKeyRotation: true }, DeletionPolicy: 'Retain' });
    inside.allResourcesProperties('AWS::SQS::Queue', { KmsMasterKeyId: Match.anyValue() });
    inside.allResourcesProperties('AWS::DynamoDB::Table', { SSESpecification: { SSEType: 'KMS' } });
    inside.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: Match.anyValue() });
    inside.allResourcesProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
    inside.allResourcesProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          Match.objectLike({ ServerSideEncryptionByDefault: Match.objectLike({ SSEAlgorithm: 'aws:kms' }) }),
        ],
      },
    });
  });
});

describe('the log groups of a deployment', () => {
  const variables = z.object({ Environment: z.object({ Variables: z.object({ LOG_GROUPS: z.unknown() }) }) });
  const logGroups = [
    { name: '/aws/ecs/shop', tenant: 'shop' },
    { prefix: '/aws/ecs/', tenant: 'partner', account: '222222222222' },
    { prefix: '/aws/ecs/', tenant: 'ours' },
  ];
  const owned = (account: unknown) => [
    { prefix: '/aws/ecs/shop', tenant: 'shop', account, exact: true },
    { prefix: '/aws/ecs/', tenant: 'partner', account: '222222222222' },
    { prefix: '/aws/ecs/', tenant: 'ours', account },
  ];
  const saidBy = (settings: object) => {
    const made = synthesize({ ...settings, logGroups }).resources;
    const said = made.flatMap(({ properties }) => variables.safeParse(properties).data?.Environment.Variables ?? []);
    return new Set(said.map(({ LOG_GROUPS }) => JSON.stringify(LOG_GROUPS)));
  };

  it('each name their account, so that no other account’s group of the same name is taken for ours', () => {
    const { account, region } = privateSetting;

    expect(saidBy({ account, region })).toEqual(new Set([JSON.stringify(JSON.stringify(owned(account)))]));
  });

  it('name it by a reference in a stack that may go to any account', () => {
    const [said = '', ...others] = saidBy({});

    const { 'Fn::Join': join } = z
      .object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.union([z.string(), z.object({ Ref: z.string() })]))]) })
      .parse(JSON.parse(said));
    const text = join[1].map((part) => (typeof part === 'string' ? part : part.Ref)).join('');
    expect(JSON.parse(text)).toEqual(owned('AWS::AccountId'));
    expect(others).toEqual([]);
  });

  it('are subscribed each for itself, also where their letters are alike, under ids that another one does not change', () => {
    const names = ['/ecs/shop/api', '/ecs/shop-api', '/ecs/shopapi'];

    const made = synthesize({ logGroups: names.map((name) => ({ name, tenant: 'shop' })) }).resources;

    const subscriptions = made.filter(({ type }) => type === 'AWS::Logs::SubscriptionFilter');
    expect(subscriptions.map(({ properties }) => properties.LogGroupName)).toEqual(names);
    expect(subscriptions.map(({ id }) => id)).toEqual([
      'subscriptionecsshopapi',
      expect.stringMatching(/^subscriptionecsshopapi[0-9a-f]{8}$/),
      expect.stringMatching(/^subscriptionecsshopapi[0-9a-f]{8}$/),
    ]);
  });
});

describe('the image and its architecture', () => {
  it('move together', () => {
    const { template: arm } = synthesize({ architecture: 'arm64' });

    arm.allResourcesProperties('AWS::Lambda::Function', { Architectures: ['arm64'] });
  });

  it('can be one that was built before, by its digest', () => {
    const digest = `sha256:${'0a'.repeat(32)}`;

    const { template: built } = synthesize({ image: { repository: 'logsieve', digest } });

    built.resourcePropertiesCountIs('AWS::Lambda::Function', { PackageType: 'Image' }, 2);
    expect(JSON.stringify(built.toJSON())).toContain(`/logsieve@${digest}`);
  });

  it('carry a larger model and a second folder on trial where the functions look for them', () => {
    const { template } = synthesize(
      { models: { entailment: 'models/large', split: { folder: 'models/trial', share: 0.2 } } },
      ['models/large/model.onnx', 'models/trial/labels.json'],
    );

    template.resourcePropertiesCountIs(
      'AWS::Lambda::Function',
      {
        Environment: {
          Variables: {
            ENTAILMENT_FOLDER: '/var/task/models/large',
            SPLIT_MODELS_FOLDER: '/var/task/models/trial',
            SPLIT_MODELS_SHARE: '0.2',
          },
        },
      },
      2,
    );
  });
});
