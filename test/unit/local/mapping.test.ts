import { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Mapping, startMapping } from '../../../infra/local/mapping.ts';
import type { Outcome } from '../../../infra/local/runtime-api.ts';
import { aFolder } from '../../factories/a-folder.ts';
import { aPool } from '../../factories/a-pool.ts';
import { startLocalEmulators } from './local-emulators.ts';

describe('event source mapping', () => {
  let folder: Awaited<ReturnType<typeof aFolder>>;
  let local: Awaited<ReturnType<typeof startLocalEmulators>>;
  let mapping: Mapping | undefined;

  beforeEach(async () => {
    folder = await aFolder();
    local = await startLocalEmulators(folder.path);
  });
  afterEach(async () => {
    mapping?.stop();
    await mapping?.stopped();
    await local.close();
    await folder[Symbol.asyncDispose]();
  });

  /** A pool whose function is `answer`; remembers the bodies of every batch it was given. */
  function map(answer: (event: SQSEvent, call: number) => Outcome | Promise<Outcome>, batch = 10, windowSeconds = 0) {
    const batches: string[][] = [];
    const pool = aPool('fake', (event: SQSEvent) => {
      batches.push(event.Records.map(({ body }) => body));
      return answer(event, batches.length);
    });
    const { sqs, endpoint } = local;
    mapping = startMapping({ sqs, endpoint, queue: 'finished', pool, batch, windowSeconds, concurrency: 2 });
    return batches;
  }
  const done: Outcome = { ok: true, body: '{"batchItemFailures":[]}' };
  const crashed: Outcome = { ok: false, error: 'crashed', body: '{}' };
  const send = async (...bodies: string[]) => {
    for (const MessageBody of bodies) {
      await local.sqs.send(new SendMessageCommand({ QueueUrl: local.queue('finished'), MessageBody }));
    }
  };
  const count = async (queue: string) => {
    const command = new GetQueueAttributesCommand({ QueueUrl: local.queue(queue), AttributeNames: ['All'] });
    const { Attributes = {} } = await local.sqs.send(command);
    return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible);
  };

  it('deletes what was handled', async () => {
    await send('a', 'b');

    const batches = map(() => done);

    await vi.waitFor(async () => expect(await count('finished')).toBe(0));
    expect(batches.flat().toSorted()).toEqual(['a', 'b']);
  });

  it('gives an event as SQS and Lambda do', async () => {
    const events: SQSEvent[] = [];
    await send('a');

    map((event) => {
      events.push(event);
      return done;
    });

    await vi.waitFor(() => expect(events).toHaveLength(1));
    expect(events[0]?.Records[0]).toMatchObject({
      body: 'a',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:finished',
      attributes: { ApproximateReceiveCount: '1' },
    });
  });

  it('brings back only the messages that were named', async () => {
    await send('good', 'bad');

    const batches = map((event, call) => {
      const bad = event.Records.find(({ body }) => body === 'bad');
      const named = call === 1 && bad ? [{ itemIdentifier: bad.messageId }] : [];
      return { ok: true, body: JSON.stringify({ batchItemFailures: named }) };
    });

    await vi.waitFor(async () => expect(await count('finished')).toBe(0), { timeout: 5_000 });
    expect(batches).toEqual([['good', 'bad'], ['bad']]);
  });

  it('takes a name that is none of the batch for the failure of all', async () => {
    await send('a');

    const batches = map((_, call) =>
      call === 1 ? { ok: true, body: '{"batchItemFailures":[{"itemIdentifier":"unknown"}]}' } : done,
    );

    await vi.waitFor(() => expect(batches).toEqual([['a'], ['a']]), { timeout: 5_000 });
  });

  it('makes the messages of a dead function visible at once', async () => {
    await send('a');
    const started = Date.now();

    const batches = map((_, call) => (call < 3 ? crashed : done));

    await vi.waitFor(() => expect(batches).toHaveLength(3), { timeout: 5_000 });
    expect(Date.now() - started).toBeLessThan(3_000);
  });

  it('leaves a message that always fails to the dead-letter queue', async () => {
    await send('poison');

    const batches = map(() => crashed);

    await vi.waitFor(async () => expect(await count('finished-dead')).toBe(1), { timeout: 10_000 });
    expect(batches).toHaveLength(5);
    expect(await count('finished')).toBe(0);
  });

  it('waits for a fuller batch where a window is set', async () => {
    await send('a');

    const batches = map(() => done, 10, 1);
    setTimeout(() => void send('b'), 200);

    await vi.waitFor(() => expect(batches.flat()).toHaveLength(2), { timeout: 5_000 });
    expect(batches).toEqual([['a', 'b']]);
  });
});

describe('queues after a restart', () => {
  it('give out again what was in flight', async () => {
    await using folder = await aFolder();
    const before = await startLocalEmulators(folder.path);
    await before.sqs.send(new SendMessageCommand({ QueueUrl: before.queue('finished'), MessageBody: 'held' }));
    await before.sqs.send(new ReceiveMessageCommand({ QueueUrl: before.queue('finished') }));
    await before.close();

    const after = await startLocalEmulators(folder.path);
    const { Messages = [] } = await after.sqs.send(new ReceiveMessageCommand({ QueueUrl: after.queue('finished') }));

    expect(Messages.map(({ Body }) => Body)).toEqual(['held']);
    await after.close();
  });
});
