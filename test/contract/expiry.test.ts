import { afterAll, describe, expect, it } from 'vitest';
import { dynamoJobStore } from '../../lib/aws/job-store.ts';
import { dynamoPageStore } from '../../lib/aws/page-store.ts';
import { dynamoLabelSets } from '../../lib/aws/tenant-store.ts';
import { dynamoVerdictCache } from '../../lib/aws/verdict-cache.ts';
import type { PageStore } from '../../lib/ports.ts';
import { aChunk, aDecision, aJob, aJobId } from '../factories/jobs.ts';
import { aLabelSet } from '../factories/label-sets.ts';
import { fakeClock } from '../fakes/clock.ts';
import { sharedLaptop } from './laptop.ts';

const laptop = sharedLaptop();
afterAll(laptop.close);
const dynamo = async () => (await laptop.open()).clients.dynamo;

async function countPages(pages: PageStore, tenant: string): Promise<number> {
  let count = 0;
  for await (const _ of pages.read(tenant, aJobId, 0)) count += 1;
  return count;
}

describe('expired items', () => {
  it.each([8, 90])('are those older than the %i days that a stage keeps them, of every store', async (days) => {
    const [clock, tenant] = [fakeClock(), `kept-${days}`];
    const client = await dynamo();
    const [jobs, pages] = [dynamoJobStore(client, 'jobs', clock, days), dynamoPageStore(client, 'pages', clock, days)];
    const sets = dynamoLabelSets(client, 'jobs', clock, days);
    const [job, key] = [aJob({ tenant }), { tenant, jobId: aJobId, segment: 0, chunk: 0, page: 0 }];
    const kept = async () => ({
      job: (await jobs.get(tenant, job.id)) !== undefined,
      pages: await countPages(pages, tenant),
      set: (await sets.get(tenant, 'hash')) !== undefined,
    });
    await jobs.create(job);
    await pages.putIfAbsent(key, new Uint8Array([1]));
    await sets.keep(tenant, 'hash', aLabelSet(['Billing', 'Disk']));

    clock.advance((days - 1) * 86_400_000);
    const before = await kept();
    clock.advance(2 * 86_400_000);
    const after = await kept();

    expect(before).toEqual({ job: true, pages: 1, set: true });
    // A set outlives the last job that began with it.
    expect(after).toEqual({ job: false, pages: 0, set: true });
  });

  it('are no jobs that are kept while they wait, and no segments that are written to', async () => {
    const [clock, tenant] = [fakeClock(), 'kept-moving'];
    const jobs = dynamoJobStore(await dynamo(), 'jobs', clock, 8);
    const job = aJob({ tenant });
    await jobs.create(job);
    await jobs.chunkDone(aChunk({ tenant }), { accepted: 1, rejected: 0 });
    await jobs.chunkDone(aChunk({ tenant, segment: 1 }), { accepted: 1, rejected: 0 });

    clock.advance(7 * 86_400_000);
    await jobs.keep(tenant, job.id);
    await jobs.chunkDone(aChunk({ tenant, chunk: 1 }), { accepted: 1, rejected: 0 });
    clock.advance(7 * 86_400_000);

    expect(await jobs.get(tenant, job.id)).toBeDefined();
    expect((await jobs.segments(tenant, job.id)).map(({ segment }) => segment)).toEqual([0]);
  });

  it('are left out before DynamoDB deletes them, and make room for new ones', async () => {
    const clock = fakeClock();
    const cache = dynamoVerdictCache(await dynamo(), 'cache', clock);
    await cache.put('expiry', new Map([['a', aDecision({ category: 'Old' })]]));

    clock.advance(31 * 86_400_000);
    const expired = await cache.get('expiry', ['a']);
    await cache.put('expiry', new Map([['a', aDecision({ category: 'New' })]]));

    expect(expired.size).toBe(0);
    expect((await cache.get('expiry', ['a'])).get('a')?.category).toBe('New');
  });
});
