import { describe, expect, it } from 'vitest';
import { type DeadLetterEnd, drainDeadLetters } from '../../../lib/jobs/drain-dead-letters.ts';
import type { DeadLetterQueue } from '../../../lib/ports.ts';
import { aChunk, aJob, aJobId, aTenant } from '../../factories/jobs.ts';
import { memoryDeadLetters } from '../../fakes/dead-letter-queue.ts';
import { type MemoryService, memoryService } from '../../fakes/service.ts';

const outcomesOf = async (service: MemoryService, ...deadLetters: readonly DeadLetterQueue[]) => {
  const told: DeadLetterEnd[] = [];
  await drainDeadLetters({ ...service, deadLetters }, (end) => told.push(end));
  return told.map(({ outcome }) => outcome);
};
const aJobInMemory = async () => {
  const service = memoryService();
  await service.jobs.create(aJob());
  return service;
};
const failedChunks = ({ jobs }: MemoryService) => jobs.failedChunks(aTenant, aJobId);
const chunks = (count: number) => Array.from({ length: count }, (_, chunk) => aChunk({ chunk }));

describe('drainDeadLetters', () => {
  it('takes every queue to its end, tells of each letter, and removes what its job knows', async () => {
    const service = await aJobInMemory();
    const small = memoryDeadLetters(...chunks(23));
    const finished = memoryDeadLetters({ tenant: aTenant, jobId: aJobId, segment: 0 }, 'no JSON');

    const outcomes = await outcomesOf(service, small, finished, memoryDeadLetters());

    expect(await failedChunks(service)).toHaveLength(23);
    expect([small.left(), finished.left()]).toEqual([0, 0]);
    expect(outcomes.filter((outcome) => outcome === 'chunk-failed')).toHaveLength(23);
    expect(outcomes).toEqual(expect.arrayContaining(['left-to-sweep', 'not-ours']));
  });

  it('keeps a letter whose job could not be told, without hurting its neighbours, and takes it the next time', async () => {
    const service = await aJobInMemory();
    const [bad, good] = [aChunk({ chunk: 1 }), aChunk({ chunk: 2 })];
    const queue = memoryDeadLetters(bad, good);
    const { chunkFailed } = service.jobs;
    const jobs = {
      ...service.jobs,
      chunkFailed: async (...call: Parameters<typeof chunkFailed>) => {
        if (call[0].chunk === bad.chunk) throw new Error('the table is away');
        return chunkFailed(...call);
      },
    };

    const first = await outcomesOf({ ...service, jobs }, queue);
    const left = queue.left();
    queue.showAgain();
    const second = await outcomesOf(service, queue);

    expect([first, left]).toEqual([['kept', 'chunk-failed'], 1]);
    expect([second, queue.left()]).toEqual([['chunk-failed'], 0]);
    expect(await failedChunks(service)).toHaveLength(2);
  });

  it('handles a letter again that could not be removed, which changes nothing', async () => {
    const service = await aJobInMemory();
    const queue = memoryDeadLetters(aChunk());
    const stuck = { ...queue, remove: () => Promise.reject(new Error('died')) };

    await expect(outcomesOf(service, stuck)).rejects.toThrow('died');
    queue.showAgain();
    await outcomesOf(service, queue);

    expect(await failedChunks(service)).toEqual([aChunk()]);
    expect(queue.left()).toBe(0);
  });

  it('drains the other queues when one cannot be asked, and says so', async () => {
    const service = await aJobInMemory();
    const queue = memoryDeadLetters(aChunk());
    const closed = { ...memoryDeadLetters(), take: () => Promise.reject(new Error('no right')) };

    await expect(outcomesOf(service, closed, queue)).rejects.toThrow('no right');

    expect(queue.left()).toBe(0);
  });

  it('leaves the rest of a flood to the next run', async () => {
    const service = memoryService();
    const flood = memoryDeadLetters(...Array.from({ length: 600 }, () => 'not ours'));

    const outcomes = await outcomesOf(service, flood);

    expect(outcomes).toHaveLength(500);
    expect(flood.left()).toBe(100);
  });
});
