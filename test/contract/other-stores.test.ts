import { afterAll, describe, expect, it } from 'vitest';
import { dynamoCounterStore } from '../../lib/aws/counter-store.ts';
import { dynamoKeyStore } from '../../lib/aws/key-store.ts';
import { dynamoMetricStore } from '../../lib/aws/metric-store.ts';
import { dynamoPageStore } from '../../lib/aws/page-store.ts';
import { sqsQueue } from '../../lib/aws/queue.ts';
import { sqsQueueDepths } from '../../lib/aws/queue-depths.ts';
import { dynamoUsageStore } from '../../lib/aws/usage-store.ts';
import { dynamoVerdictCache } from '../../lib/aws/verdict-cache.ts';
import { NO_USE } from '../../lib/metrics/use.ts';
import type {
  Clock,
  CounterStore,
  KeyStore,
  MetricStore,
  PageStore,
  UsageStore,
  VerdictCache,
} from '../../lib/ports.ts';
import { aDecision, aJobId } from '../factories/jobs.ts';
import { fakeClock } from '../fakes/clock.ts';
import { memoryCounterStore } from '../fakes/counter-store.ts';
import { memoryKeyStore } from '../fakes/key-store.ts';
import { memoryPageStore } from '../fakes/page-store.ts';
import { memoryMetricStore, memoryUsageStore } from '../fakes/telemetry-stores.ts';
import { memoryVerdictCache } from '../fakes/verdict-cache.ts';
import { place, sharedLaptop } from './laptop.ts';

const laptop = sharedLaptop();
afterAll(laptop.close);
const dynamo = async () => (await laptop.open()).clients.dynamo;

const pageStores: Record<string, () => Promise<PageStore>> = {
  memory: async () => memoryPageStore(),
  [`dynamodb on ${place}`]: async () => dynamoPageStore(await dynamo(), 'pages', fakeClock()),
};
describe.each(Object.entries(pageStores))('page store: %s', (_name, open) => {
  const key = { tenant: 'acme', jobId: aJobId, segment: 0, chunk: 0, page: 0 };
  const textsOf = async (pages: ReturnType<PageStore['read']>) => {
    const texts: string[] = [];
    for await (const { key, body } of pages) texts.push(`${key.chunk}.${key.page} ${Buffer.from(body)}`);
    return texts;
  };

  it('keeps the first of two pages of a key', async () => {
    const store = await open();

    await store.putIfAbsent(key, Buffer.from('first'));
    await store.putIfAbsent(key, Buffer.from('second'));

    expect(await textsOf(store.read('acme', aJobId, 0))).toEqual(['0.0 first']);
  });

  it("reads one segment's pages in order, after a page", async () => {
    const store = await open();
    for (const [chunk, page] of [
      [10, 0],
      [2, 1],
      [2, 0],
    ] as const)
      await store.putIfAbsent({ ...key, segment: 1, chunk, page }, Buffer.from('x'));
    await store.putIfAbsent({ ...key, segment: 10 }, Buffer.from('y'));
    await store.putIfAbsent({ ...key, tenant: 'other', segment: 1 }, Buffer.from('z'));

    expect(await textsOf(store.read('acme', aJobId, 1))).toEqual(['2.0 x', '2.1 x', '10.0 x']);
    expect(await textsOf(store.read('acme', aJobId, 1, { chunk: 2, page: 0 }))).toEqual(['2.1 x', '10.0 x']);
    expect(await textsOf(store.read('acme', aJobId, 1, { chunk: 10, page: 0 }))).toEqual([]);
  });

  it('takes pages as large as they get, more than one answer holds', async () => {
    const store = await open();
    const body = Buffer.alloc(390_000, 'p');
    for (const page of [0, 1, 2, 3]) await store.putIfAbsent({ ...key, segment: 2, page }, body);

    let bytes = 0;
    for await (const page of store.read('acme', aJobId, 2)) bytes += page.body.byteLength;

    expect(bytes).toBe(4 * 390_000);
  });
});

const caches: Record<string, () => Promise<VerdictCache>> = {
  memory: async () => memoryVerdictCache(),
  [`dynamodb on ${place}`]: async () => dynamoVerdictCache(await dynamo(), 'cache', fakeClock()),
};
describe.each(Object.entries(caches))('verdict cache: %s', (_name, open) => {
  it('knows what was put, for its tenant only; the first writer stands', async () => {
    const cache = await open();
    const one = aDecision({ category: 'One', degraded: undefined });

    await cache.put('acme', new Map([['a', one]]));
    await cache.put('acme', new Map([['a', aDecision({ category: 'Other' })]]));

    const known = await cache.get('acme', ['a', 'b']);
    expect([...known.keys()]).toEqual(['a']);
    expect(known.get('a')).toMatchObject({ category: 'One', confidence: one.confidence });
    expect((await cache.get('other', ['a'])).size).toBe(0);
    expect((await cache.get('acme', [])).size).toBe(0);
  });

  it('takes more keys than one call holds, and keys longer than a table takes', async () => {
    const cache = await open();
    const entries = Array.from({ length: 250 }, (_, index) => {
      const key = `${'k'.repeat(3_000)}${index}`;
      return [key, aDecision({ category: `Category ${index}` })] as const;
    });

    await cache.put('acme', new Map(entries));

    const known = await cache.get(
      'acme',
      entries.map(([key]) => key),
    );
    expect(known.size).toBe(250);
    expect(known.get(`${'k'.repeat(3_000)}249`)?.category).toBe('Category 249');
  });
});

const keyStores: Record<string, (clock: Clock) => Promise<KeyStore>> = {
  memory: async (clock) => memoryKeyStore(clock),
  [`dynamodb on ${place}`]: async (clock) => dynamoKeyStore(await dynamo(), 'access', clock),
};
describe.each(Object.entries(keyStores))('key store: %s', (name, open) => {
  const tenant = `keys-of-${name.slice(0, 3)}`;
  const key = {
    tenant,
    keyId: 'k1',
    name: 'first',
    scopes: ['ingest', 'read'] as const,
    createdAt: '2026-03-01T10:00:00.000Z',
  };
  const hashes = { one: `${name} 1`, two: `${name} 2`, three: `${name} 3` };

  it('finds a key by its hash, and nothing by another', async () => {
    const store = await open(fakeClock());

    await store.create(hashes.one, key);
    await store.create(hashes.one, { ...key, tenant: 'thief', keyId: 'k9' });

    expect(await store.find(hashes.one)).toEqual(key);
    expect(await store.find(hashes.two)).toBeUndefined();
    expect(await store.list('thief')).toEqual([]);
  });

  it('changes keys at once, whoever else does, and adds a hash that opens one', async () => {
    const store = await open(fakeClock());
    const named = (keyId: string) => ({ ...key, tenant: `${tenant}-b`, keyId });

    await store.create(hashes.two, named('k0'));
    await Promise.all(
      ['k1', 'k2', 'k3'].map((keyId) =>
        store.change(`${tenant}-b`, (keys) => [...keys, { ...named(keyId), secrets: [{ hash: `${name} ${keyId}` }] }], {
          hash: `${name} ${keyId}`,
          keyId,
        }),
      ),
    );

    const ids = (await store.list(`${tenant}-b`)).map(({ keyId }) => keyId);
    expect(ids.toSorted()).toEqual(['k0', 'k1', 'k2', 'k3']);
    expect(await store.find(`${name} k2`)).toEqual(named('k2'));
    await expect(
      store.change(`${tenant}-b`, () => {
        throw new RangeError('no');
      }),
    ).rejects.toThrow(RangeError);
  });

  it('opens a key by a hash until its time is over, and never by one that was taken off it', async () => {
    const clock = fakeClock();
    const store = await open(clock);
    const owner = { ...key, tenant: `${tenant}-c` };
    await store.create(hashes.three, owner);
    const until = new Date(clock.now().getTime() + 60_000).toISOString();

    await store.change(owner.tenant, () => [{ ...owner, secrets: [{ hash: hashes.three, until }] }]);

    expect(await store.find(hashes.three)).toEqual(owner);
    clock.advance(61_000);
    expect(await store.find(hashes.three)).toBeUndefined();
  });
});

const counterStores: Record<string, () => Promise<CounterStore>> = {
  memory: async () => memoryCounterStore(),
  [`dynamodb on ${place}`]: async () => dynamoCounterStore(await dynamo(), 'counters', fakeClock()),
};
describe.each(Object.entries(counterStores))('counter store: %s', (_name, open) => {
  const counter = { tenant: 'acme', name: 'lines', window: '2026-03-01' };
  const upTo = (most: number) => ({ least: 1, most });

  it('grants a limit once, whoever asks for it at the same time, and the rest when it is raised', async () => {
    const store = await open();

    const takes = await Promise.all(Array.from({ length: 8 }, () => store.take(counter, upTo(30), 100)));
    const none = await store.take(counter, upTo(1), 100);
    const raised = await store.take(counter, upTo(30), 120);

    expect(takes.reduce((sum, { granted }) => sum + granted, 0)).toBe(100);
    expect(none).toEqual({ granted: 0, taken: 100 });
    expect(raised).toEqual({ granted: 20, taken: 120 });
    expect(await store.taken(counter)).toBe(120);
    expect(await store.taken({ ...counter, window: '2026-03-02' })).toBe(0);
    expect(await store.take({ ...counter, tenant: 'other' }, upTo(1), 0)).toEqual({ granted: 0, taken: 0 });
  });

  it('takes nothing where the limit leaves less than the least, and what is given back can be taken again', async () => {
    const store = await open();
    const counter = { tenant: 'acme', name: 'lines', window: '2026-03-03' };
    await store.take(counter, upTo(70), 100);

    const refused = await store.take(counter, { least: 31, most: 50 }, 100);
    const whole = await store.take(counter, { least: 30, most: 50 }, 100);
    await store.giveBack(counter, 20);

    expect(refused).toEqual({ granted: 0, taken: 70 });
    expect(whole).toEqual({ granted: 30, taken: 100 });
    expect(await store.taken(counter)).toBe(80);
    expect(await store.take(counter, { least: 20, most: 20 }, 100)).toEqual({ granted: 20, taken: 100 });
  });

  it('marks an id for the first who says it, of each tenant', async () => {
    const store = await open();

    expect(await store.isMarked('acme', 'a')).toBe(false);
    expect(await store.markOnce('acme', 'a')).toBe(true);
    expect(await store.markOnce('acme', 'a')).toBe(false);
    expect(await store.isMarked('acme', 'a')).toBe(true);
    expect(await store.markOnce('other', 'a')).toBe(true);
  });
});

const usageStores: Record<string, () => Promise<UsageStore>> = {
  memory: async () => memoryUsageStore(),
  [`dynamodb on ${place}`]: async () => dynamoUsageStore(await dynamo(), 'counters', fakeClock()),
};
describe.each(Object.entries(usageStores))('usage store: %s', (_name, open) => {
  it('adds up by day and key, and reads the days asked for', async () => {
    const store = await open();
    const of = { tenant: 'acme', keyId: 'k1', day: '2026-03-02' };

    await store.add(of, { ...NO_USE, requests: 1, lines: 10 });
    await store.add(of, { ...NO_USE, requests: 2, llmMicroUsd: 5 });
    await store.add({ ...of, keyId: 'drops' }, { ...NO_USE, lines: 7 });
    await store.add({ ...of, day: '2026-03-03' }, { ...NO_USE, lines: 1 });
    await store.add({ ...of, tenant: 'other' }, { ...NO_USE, lines: 99 });
    await store.add(of, NO_USE);

    expect(await store.read('acme', '2026-03-01', '2026-03-02')).toEqual([
      { ...of, keyId: 'drops', use: { ...NO_USE, lines: 7 } },
      { ...of, use: { ...NO_USE, requests: 3, lines: 10, llmMicroUsd: 5 } },
    ]);
    expect(await store.read('acme', '2026-03-03', '2026-03-09')).toHaveLength(1);
  });
});

const metricStores: Record<string, () => Promise<readonly [MetricStore, MetricStore]>> = {
  memory: async () => {
    const store = memoryMetricStore();
    return [store, store];
  },
  [`dynamodb on ${place}`]: async () => {
    const open = async (shard: number) => dynamoMetricStore(await dynamo(), 'counters', { clock: fakeClock(), shard });
    return [await open(1), await open(-2)];
  },
};
describe.each(Object.entries(metricStores))('metric store: %s', (_name, open) => {
  it('adds up what processes counted, by series', async () => {
    const [one, other] = await open();

    await one.add(
      new Map([
        ['requests|GET /v1/jobs|200', 3],
        ['requestMs|GET /v1/jobs|b2', 3],
        ['llmMicroUsd', 10],
      ]),
    );
    await other.add(
      new Map([
        ['requests|GET /v1/jobs|200', 2],
        ['requests|GET /v1/jobs|404', 1],
      ]),
    );
    await one.add(new Map());

    expect(Object.fromEntries(await other.read())).toEqual({
      'requests|GET /v1/jobs|200': 5,
      'requests|GET /v1/jobs|404': 1,
      'requestMs|GET /v1/jobs|b2': 3,
      llmMicroUsd: 10,
    });
  });
});

it('queue depths count what waits, on queues and among dead letters', async () => {
  const { clients, queueUrl } = await laptop.open();
  await sqsQueue<string>(clients.sqs, queueUrl('finished'), { fair: false }).send(['a', 'b']);

  const depths = sqsQueueDepths(clients.sqs, {
    finished: queueUrl('finished'),
    'finished-dead': queueUrl('finished-dead'),
  });

  expect(Object.fromEntries(await depths.read())).toEqual({ finished: 2, 'finished-dead': 0 });
});
