import type { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Settings } from '../settings.ts';

/** Who hears of alarms: the owner's topic, or one of ours with an e-mail address; undefined: alarms only show. */
export function addAlarmTopic(stack: Stack, { alarms }: Settings, key: IKey | undefined): ITopic | undefined {
  if (alarms.topicArn !== undefined) return Topic.fromTopicArn(stack, 'alarms', alarms.topicArn);
  if (alarms.email === undefined) return undefined;
  const topic = new Topic(stack, 'alarms', {
    displayName: `${stack.stackName} alarms`,
    masterKey: key,
    enforceSSL: true,
  });
  topic.addSubscription(new EmailSubscription(alarms.email));
  // A policy of one's own takes the place of the usual one, which lets the account's alarms in.
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
    }),
  );
  return topic;
}
