import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { QueueDepths } from '../ports.ts';
import { translated } from './errors.ts';

/** About how many messages wait, by SQS's own eventually consistent count: those visible, delayed and being worked on. */
const COUNTED = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesDelayed',
  'ApproximateNumberOfMessagesNotVisible',
] as const;

export function sqsQueueDepths(client: SQSClient, urls: Readonly<Record<string, string>>): QueueDepths {
  const depthOf = async (url: string) => {
    const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...COUNTED] });
    const { Attributes = {} } = await translated('queue attributes', () => client.send(command));
    return COUNTED.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
  };
  return {
    read: async () =>
      new Map(await Promise.all(Object.entries(urls).map(async ([name, url]) => [name, await depthOf(url)] as const))),
  };
}
