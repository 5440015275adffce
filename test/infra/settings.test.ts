import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { MAX_MODEL_BYTES, modelFaults } from '../../infra/cdk/model-faults.ts';
import { readSettings, readStage } from '../../infra/cdk/read-settings.ts';
import { allConsumers, refuseSettings } from '../../infra/cdk/refuse-settings.ts';
import { everySetting, synthesize } from './synthesize.ts';

const root = resolve(import.meta.dirname, '../..');
const ownPrefix = '/aws/lambda/logsieve-';
const refuse = (settings: unknown) => () => refuseSettings(readSettings(settings), ownPrefix, root);
const account = '111122223333';
const bare = synthesize();
const renamed = synthesize({ stackName: 'logs-test', gatewayLogRole: false });

describe('the settings of a deployment', () => {
  it('have a default for everything', () => {
    expect(readSettings(undefined)).toMatchObject({
      stackName: 'logsieve',
      anomalyThreshold: 0.5,
      logGroups: [],
      architecture: 'x86_64',
      removal: 'retain',
      alarms: { level: 'all', dashboard: true },
    });
    expect(refuse(undefined)).not.toThrow();
  });

  it('come as an object or as text from the command line', () => {
    expect(readSettings('{"stackName":"logs-test"}')).toMatchObject({ stackName: 'logs-test' });
    expect(readSettings({ stackName: 'logs-test' })).toMatchObject({ stackName: 'logs-test' });
    expect(() => readSettings('{stackName')).toThrow(/logsieve: not JSON/);
  });

  it.each(['default', 'minimal', 'production'])('of the stage %s in infra/config can be deployed', async (stage) => {
    const settings = await readStage({ stage, logsieve: undefined });

    expect(() => refuseSettings(settings, `/aws/lambda/${settings.stackName}-`, root)).not.toThrow();
  });

  it('of a stage are overruled by the command line', async () => {
    const settings = await readStage({ stage: 'minimal', logsieve: '{"stackName":"logs-test"}' });

    expect(settings).toMatchObject({ stackName: 'logs-test', alarms: { level: 'few' } });
  });

  it.each(['prod', '../secrets', 7])(
    'of the stage %s, which has no file, are told of by the files there are',
    async (stage) => {
      await expect(readStage({ stage, logsieve: undefined })).rejects.toThrow(
        /stage: there is no .*default, minimal, production/,
      );
    },
  );

  it.each<[string, unknown, RegExp]>([
    ['an unknown key', { stackname: 'typo' }, /stackname/],
    ['a threshold out of range', { anomalyThreshold: 1.5 }, /anomalyThreshold: a threshold lies between 0 and 1/],
    ['a domain without certificate', { domain: { name: 'logs.example.com' } }, /domain\.certificateArn: .*certificate/],
    ['a log group without tenant', { logGroups: [{ name: '/a' }] }, /logGroups\.0: a log group has a tenant/],
    ['a star for all origins', { cors: ['*'] }, /cors\.0: an origin is https/],
    ['a tag in place of a digest', { image: { repository: 'a', digest: 'latest' } }, /image\.digest: .*sha256/],
    ['a network without subnets', { vpc: { vpcId: 'vpc-0a1b2c3d' } }, /vpc\.subnetIds/],
    ['a queue that is none', { concurrency: { queues: { chunks: 4 } } }, /concurrency\.queues: there are the queues/],
    [
      'two ways for alarms',
      { alarms: { email: 'a@b.example', topicArn: `arn:aws:sns:x:${account}:t` } },
      /alarms\.email/,
    ],
    ['a cap of one', { concurrency: { queues: { finished: 1 } } }, /concurrency\.queues\.finished: .*2 .*uncapped/],
    ['results of a week', { retention: { resultDays: 7 } }, /retention\.resultDays: whole days from 8/],
    [
      'uploads that go before their jobs',
      { retention: { resultDays: 60, uploadDays: 40 } },
      /retention\.uploadDays: .*resultDays/,
    ],
    ['days that CloudWatch does not know', { retention: { logDays: 31 } }, /retention\.logDays: .*30/],
    ['errors sent nowhere', { errors: {} }, /errors: name an otlpEndpoint or a sentryDsn/],
    ['a models folder outside', { models: { entailment: '../models' } }, /models\.entailment: .*models\//],
  ])('refuse %s with a sentence that names the key', (_, settings, sentence) => {
    expect(() => readSettings(settings)).toThrow(sentence);
  });

  it.each<[string, unknown, RegExp]>([
    [
      'one of our own log groups',
      { logGroups: [{ name: '/aws/lambda/logsieve-api', tenant: 'acme' }] },
      /logGroups\.0\.name: .*own/,
    ],
    ['a prefix of our own', { logGroups: [{ prefix: '/aws/lambda/', tenant: 'acme' }] }, /logGroups\.0\.prefix: .*own/],
    ['the gateway’s own logs', { logGroups: [{ prefix: 'API-Gateway-Execution-Logs_ab12', tenant: 'acme' }] }, /own/],
    [
      'a group that another tenant’s prefix hides',
      {
        logGroups: [
          { prefix: '/a', tenant: 'one' },
          { name: '/a/b', tenant: 'two' },
        ],
      },
      /logGroups\.1\.name: .*logGroups\.0.*longer one first/,
    ],
    [
      'a log group given twice',
      {
        logGroups: [
          { prefix: '/a', tenant: 'one' },
          { name: '/b', tenant: 'one' },
          { name: '/b', tenant: 'one' },
        ],
      },
      /logGroups\.2\.name: "\/b" is logGroups\.1 already/,
    ],
    [
      'log groups that their accounts make too many',
      { logGroups: Array.from({ length: 40 }, (_, index) => ({ prefix: `/services/group-${index}`, tenant: 'acme' })) },
      /logGroups, quotas: \d+ bytes/,
    ],
    [
      'more log groups than an environment holds',
      { logGroups: Array.from({ length: 90 }, (_, index) => ({ prefix: `/services/group-${index}`, tenant: 'acme' })) },
      /logGroups, quotas: \d+ bytes/,
    ],
    [
      'caps above the account’s',
      { concurrency: { account: 10 } },
      /concurrency\.account: .*come to 12.*chunks-bulk first/,
    ],
    ['an account without region', { account }, /account: give account and region together/],
    ['a certificate of elsewhere', { ...everySetting, region: 'us-east-1' }, /domain\.certificateArn: .*region/],
    ['a labels file that is not there', { models: { labels: 'models/none.json' } }, /models\.labels: there is no/],
    [
      'a models folder that is not there',
      { models: { split: { folder: 'models/b', share: 0.1 } } },
      /models\.split\.folder: there is no/,
    ],
  ])('refuse %s before anything is made', (_, settings, sentence) => {
    expect(refuse(settings)).toThrow(sentence);
  });

  it('may give the same prefix to another tenant in another account', () => {
    const mine = { prefix: '/ecs/', tenant: 'one' };
    const theirs = { prefix: '/ecs/', tenant: 'two', account: '222222222222' };

    expect(refuse({ logGroups: [mine, theirs] })).not.toThrow();
    expect(refuse({ account, region: 'eu-central-1', logGroups: [mine, { ...theirs, account }] })).toThrow(
      /logGroups\.1\.prefix: .*logGroups\.0/,
    );
  });

  it('have a retention that functions and buckets keep alike', () => {
    expect(readSettings({}).retention).toEqual({ logDays: 30, resultDays: 30 });
    expect(readSettings({ retention: { resultDays: 90, uploadDays: 91 } }).retention.resultDays).toBe(90);
  });

  it('fit a new account with the caps of the stage minimal', async () => {
    const settings = await readStage({ stage: 'minimal', logsieve: undefined });

    expect(allConsumers(settings) + settings.concurrency.reserve).toBeLessThanOrEqual(10);
  });

  it('without a secret give no function a right to one, and the stage stays off', () => {
    const template = JSON.stringify(bare.template.toJSON());

    expect(template).not.toContain('secretsmanager');
    expect(template).not.toContain('LLM_SECRET_ARN');
  });

  it('under another name make a stack whose names all follow, so that two fit into an account', () => {
    const named = ['QueueName', 'FunctionName', 'LogGroupName', 'AlarmName', 'BucketName', 'DashboardName', 'Name'];

    const names = renamed.resources.flatMap(({ type, properties }) =>
      type === 'AWS::Lambda::Alias' || type === 'AWS::ApiGateway::Authorizer'
        ? []
        : named.flatMap((key) =>
            key in properties && !JSON.stringify(properties[key]).includes('Ref') ? [String(properties[key])] : [],
          ),
    );
    expect(names.length).toBeGreaterThan(30);
    expect(names.filter((name) => !name.replace('/aws/lambda/', '').startsWith('logs-test'))).toEqual([]);
    expect(renamed.resources.filter(({ type }) => type === 'AWS::ApiGateway::Account')).toEqual([]);
  });
});

describe('the models of a deployment', () => {
  const folder = mkdtempSync(join(tmpdir(), 'logsieve-models-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const write = (path: string, text: string) => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const labels = {
    labels: [
      { name: 'Disk', description: 'about a disk' },
      { name: 'Network', description: 'about a network' },
    ],
    thresholds: { zeroShot: 0.5, llm: 0.5 },
    zeroShot: { temperature: 1, hypothesis: '{}', background: ['nothing'] },
    llm: { textsPerCall: 1, timeoutMs: 1_000, callsPerHour: 1, confidenceCap: 0.9 },
  };
  const rule = { id: 'disk-full', pattern: 'disk full', label: 'Disk' };
  const head = {
    labels: ['Disk', 'Unclassified'],
    weights: [[1], [0]],
    bias: [0, 0],
    temperature: 1,
    threshold: 0.5,
    trainedOn: 'starter@1',
  };
  write('models/starter/head.json', JSON.stringify(head));
  const faults = (settings: unknown) => modelFaults(readSettings(settings), folder);

  it('take labels and rules that fit each other', () => {
    write('models/labels.json', JSON.stringify(labels));
    write('models/rules.json', JSON.stringify({ rules: [rule] }));

    expect(faults({})).toEqual([]);
  });

  it('refuse a rule whose label is not listed, and a route to a stage that there is not', () => {
    write('models/labels.json', JSON.stringify(labels));
    write('models/odd-rules.json', JSON.stringify({ rules: [{ ...rule, label: 'Discs' }] }));
    write('models/odd-labels.json', JSON.stringify({ ...labels, routes: { LegacyCRM: 'oracle' } }));

    expect(faults({ models: { rules: 'models/odd-rules.json' } })).toEqual([
      expect.stringMatching(/^models\.rules: .*Discs is not among the labels/),
    ]);
    expect(faults({ models: { labels: 'models/odd-labels.json' } })).toEqual([
      expect.stringMatching(/^models\.labels: .*routes\.LegacyCRM/),
    ]);

    write('models/off-labels.json', JSON.stringify({ ...labels, stages: ['rule'], routes: { LegacyCRM: 'llm' } }));
    expect(faults({ models: { labels: 'models/off-labels.json' } })).toEqual([
      expect.stringMatching(/^models\.labels: .*: routes: a route leads to a stage that is not among the stages$/),
    ]);
  });

  it('refuse labels without one that the head knows, unless the head is not asked', () => {
    const renamed = [{ name: 'Storage', description: 'about a disk' }, labels.labels[1]];
    write('models/renamed.json', JSON.stringify({ ...labels, labels: renamed }));
    write('models/without-head.json', JSON.stringify({ ...labels, labels: renamed, stages: ['rule', 'zero-shot'] }));
    write('models/no-rules.json', JSON.stringify({ rules: [] }));
    const faultsOf = (file: string) => faults({ models: { labels: file, rules: 'models/no-rules.json' } });

    expect(faultsOf('models/renamed.json')).toEqual([
      expect.stringMatching(/^models\.labels: models\/renamed\.json: the head knows Disk, which is not among/),
    ]);
    expect(faultsOf('models/without-head.json')).toEqual([]);
  });

  it('are checked beside an image that was built before, as far as they need lie here', () => {
    const image = { repository: 'logsieve', digest: `sha256:${'0a'.repeat(32)}` };
    write('models/labels.json', JSON.stringify(labels));
    write('models/odd-rules.json', JSON.stringify({ rules: [{ ...rule, label: 'Discs' }] }));

    expect(faults({ image, models: { rules: 'models/odd-rules.json' } })).toEqual([
      expect.stringMatching(/^models\.rules: .*Discs is not among the labels/),
    ]);
    expect(faults({ image, models: { labels: 'models/none.json' } })).toEqual([
      expect.stringMatching(/^models\.labels: there is no/),
    ]);
    write('models/rules.json', JSON.stringify({ rules: [rule] }));
    expect(faults({ image, models: { entailment: 'models/elsewhere' } })).toEqual([]);
  });

  it('refuse files that add up to over 8 GB', () => {
    write('models/labels.json', JSON.stringify(labels));
    write('models/rules.json', JSON.stringify({ rules: [rule] }));
    write('models/large/model.onnx', '');
    truncateSync(join(folder, 'models/large/model.onnx'), MAX_MODEL_BYTES + 1);

    expect(faults({ models: { entailment: 'models/large' } })).toEqual([
      expect.stringMatching(/^models\.entailment: the files come to 8\.0 GB/),
    ]);
  });
});
