import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, describe, expect, it } from 'vitest';
import { sqsDeadLetterQueue } from '../../lib/aws/dead-letter-queue.ts';
import { batchesOf, sqsQueue } from '../../lib/aws/queue.ts';
import { memoryDeadLetters } from '../fakes/dead-letter-queue.ts';
import { memoryQueue } from '../fakes/queue.ts';
import { lacks, place, sharedLaptop } from './laptop.ts';

const laptop = sharedLaptop();
afterAll(laptop.close);
interface Body {
  readonly number: number;
  readonly text?: string;
}

/** A queue and a way to take everything that is on it. */
const adapters = {
  memory: async () => {
    const queue = memoryQueue<Body>();
    return { queue, take: async () => queue.take() };
  },
  [`sqs on ${place}`]: async () => {
    const { clients, queueUrl } = await laptop.open();
    const url = queueUrl('chunks-bulk');
    const fair = !lacks('fair-queues');
    return { queue: sqsQueue<Body>(clients.sqs, url, { fair }), take: () => takeAll(clients.sqs, url) };
  },
};

async function takeAll(client: SQSClient, url: string): Promise<unknown[]> {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
  );
  for (const { ReceiptHandle } of Messages)
    await client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
  const bodies: unknown[] = Messages.map(({ Body = '' }) => JSON.parse(Body));
  return bodies.length === 0 ? bodies : [...bodies, ...(await takeAll(client, url))];
}

describe.each(Object.entries(adapters))('queue: %s', (name, open) => {
  it('delivers every body, more than one call takes', async () => {
    const { queue, take } = await open();
    const bodies = Array.from({ length: 23 }, (_, number) => ({ number }));

    await queue.send(bodies, { group: 'acme' });
    await queue.send([]);

    expect(await take()).toEqual(expect.arrayContaining(bodies));
    expect(await take()).toEqual([]);
  });

  it('delivers bodies that together are over one call', async ({ skip }) => {
    skip(name !== 'memory' && lacks('large-messages'), `${place} takes no more than 256 KiB a call`);
    const { queue, take } = await open();
    const bodies = Array.from({ length: 4 }, (_, number) => ({ number, text: 'x'.repeat(400_000) }));

    await queue.send(bodies, { group: 'acme' });

    expect((await take()).length).toBe(4);
  });
});

const deadLetterAdapters = {
  memory: async (bodies: readonly string[]) => memoryDeadLetters(...bodies),
  [`sqs on ${place}`]: async (bodies: readonly string[]) => {
    const { clients, queueUrl } = await laptop.open();
    for (const body of bodies)
      await clients.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl('finished-dead'), MessageBody: body }));
    return sqsDeadLetterQueue(clients.sqs, queueUrl('finished-dead'));
  },
};

describe.each(Object.entries(deadLetterAdapters))('dead-letter queue: %s', (_, open) => {
  it('gives letters as they were sent, hides what is taken, and forgets what is removed', async () => {
    const bodies = Array.from({ length: 12 }, (_, number) => JSON.stringify({ number }));
    const queue = await open(bodies);

    const first = await queue.take();
    const second = await queue.take();
    await queue.remove([...first]);
    await queue.remove([...second]);
    await queue.remove([]);

    expect(first.length).toBeLessThanOrEqual(10);
    expect([...first, ...second].map(({ body }) => body).sort()).toEqual([...bodies].sort());
    expect(await queue.take()).toEqual([]);
  });
});

describe('batchesOf', () => {
  it('keeps within ten messages and a million bytes, in order', () => {
    const bodies = [
      ...Array.from({ length: 12 }, (_, number) => `"${number}"`),
      'x'.repeat(999_999),
      'ü'.repeat(400_000),
    ];

    const batches = batchesOf(bodies);

    expect(batches.map(({ length }) => length)).toEqual([10, 2, 1, 1]);
    expect(batches.flat()).toEqual(bodies);
  });

  it('refuses a message that no call takes', () => {
    expect(() => batchesOf(['x'.repeat(1_000_001)])).toThrow(/does not fit/);
  });
});
