import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handler } from '../../functions/classify/worker.ts';
import { handler as ingest } from '../../functions/ingest-upload/ingest-upload.ts';
import { type Chunk, chunkSchema } from '../../lib/domain/chunk.ts';
import { aContext } from '../factories/api.ts';
import { anSqsEvent } from '../factories/events.ts';
import { aJob } from '../factories/jobs.ts';
import { type Service, startService } from './a-service.ts';
import { runQueues } from './run-queues.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

let count = 0;
/** The one chunk of a new job, taken off its queue. */
async function newChunk(lines = 3): Promise<Chunk> {
  count += 1;
  const body = `message\n${'User User1 logged in.\n'.repeat(lines)}`;
  await service.objects.put('uploads', `incoming/acme/file-${count}.csv`, body);
  await service.deliver('uploads', ingest);
  const [message = ''] = await service.take('chunks-small');
  return chunkSchema.parse(JSON.parse(message));
}
const jobOf = ({ tenant, jobId }: Chunk) => service.jobs.get(tenant, jobId);
const failures = (...ids: readonly string[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});

describe('the worker', () => {
  it('returns only what has to come again, of a batch with every kind of message in it', async () => {
    const unread = aJob({ id: 'a'.repeat(26), layout: undefined });
    await service.jobs.create(unread);
    const good = await newChunk();

    const answer = await handler(
      anSqsEvent('{"not":"ours"}', { ...good, jobId: unread.id }, good, { ...good, jobId: 'b'.repeat(26) }),
      aContext(),
    );

    expect(answer).toEqual(failures('m1'));
    expect(await service.jobs.segment('acme', good.jobId, 0)).toMatchObject({ judged: { accepted: 3, rejected: 0 } });
  });

  it('begins no chunk once too little time is left, and keeps what it did before', async () => {
    const [first, second] = [await newChunk(), await newChunk()];
    const isFirstDone = () => service.logged.some((line) => line.includes(first.jobId) && line.includes('processed'));
    const context = aContext({ getRemainingTimeInMillis: () => (isFirstDone() ? 40_000 : 60_000) });

    const answer = await handler(anSqsEvent(first, second), context);

    expect(answer).toEqual(failures('m1'));
    expect((await service.jobs.segment('acme', first.jobId, 0))?.done).toEqual(new Set([0]));
    expect((await service.jobs.segment('acme', second.jobId, 0))?.done).toEqual(new Set());
  });

  it('returns a chunk whose bytes hold another number of records than were found', async () => {
    const chunk = await newChunk(3);

    expect(await handler(anSqsEvent({ ...chunk, records: 2 }), aContext())).toEqual(failures('m0'));
    expect(JSON.parse(service.logged.at(-1) ?? '')).toMatchObject({ event: 'message-failed', code: 'records-differ' });
  });

  it('gives a chunk up whose source was written anew: its records count as failed', async () => {
    const chunk = await newChunk(3);
    await service.objects.put('uploads', chunk.object.key, 'message\nother\nwords\nhere\n');
    await service.take('uploads');

    expect(await handler(anSqsEvent(chunk), aContext())).toEqual(failures());
    await runQueues(service);

    expect(await jobOf(chunk)).toMatchObject({ state: 'failed', error: { code: 'object-changed' } });
  });
});
