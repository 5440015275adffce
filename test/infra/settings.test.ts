import { describe, expect, it } from 'vitest';
import { readSettings, refuseOwnLogs } from '../../infra/cdk/settings.ts';
import { synthesize } from './synthesize.ts';

describe('the settings of a deployment', () => {
  it('have a default for everything', () => {
    expect(readSettings(undefined)).toEqual({ stackName: 'logsieve', anomalyThreshold: 0.5, logGroups: [] });
  });

  it('come as an object from cdk.json or as text from the command line', () => {
    expect(readSettings('{"stackName":"logs-test"}')).toMatchObject({ stackName: 'logs-test' });
    expect(readSettings({ stackName: 'logs-test' })).toMatchObject({ stackName: 'logs-test' });
  });

  it('refuse what they do not know', () => {
    expect(() => readSettings({ stackname: 'typo' })).toThrow(/stackname/);
  });

  it.each(['/aws/lambda/logsieve-api', '/aws/lambda/', '/aws/lambda/logsieve-'])(
    'refuse the log groups "%s", which would feed our own logs back to us',
    (prefix) => {
      const settings = readSettings({ logGroups: [{ prefix, tenant: 'acme' }] });

      expect(() => refuseOwnLogs(settings, '/aws/lambda/logsieve-')).toThrow(/our own log groups/);
    },
  );

  it('without a secret give no function a right to one, and the stage stays off', () => {
    const { template } = synthesize();

    expect(JSON.stringify(template.toJSON())).not.toContain('secretsmanager');
    expect(JSON.stringify(template.toJSON())).not.toContain('LLM_SECRET_ARN');
  });

  it('under another name make a stack whose names all follow', () => {
    const { resources } = synthesize({ stackName: 'logs-test' });

    const names = resources
      .filter(({ type }) => type === 'AWS::SQS::Queue')
      .map(({ properties }) => String(properties.QueueName));
    expect(names.every((name) => name.startsWith('logs-test-'))).toBe(true);
  });
});
