import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { DroppedObject } from '../../../lib/ingest/object-event.ts';
import { ingestDrop, ingestOrdered } from '../../../lib/jobs/start-ingest.ts';
import { drain, forever, jobOf, resultsOf } from '../../fakes/run-service.ts';
import { type MemoryService, memoryService } from '../../fakes/service.ts';

async function dropped(
  service: MemoryService,
  body: string | Uint8Array,
  name = 'app.csv',
  metadata?: Record<string, string>,
): Promise<DroppedObject> {
  const key = `incoming/acme/${name}`;
  const written = await service.objects.put('uploads', key, body, { metadata });
  return { bucket: 'uploads', key, version: written?.version, stamp: written?.version ?? '' };
}

async function readDrop(service: MemoryService, drop: DroppedObject) {
  const outcome = await ingestDrop(service, drop, forever);
  if (outcome.kind !== 'read') throw new Error(outcome.why);
  return outcome.job;
}

const csv = 'source,message\napp,worker 1 ended\napp,"two\nlines"\napp,too,many\n';

describe('a dropped file', () => {
  it('becomes a job that ends with its results', async () => {
    const service = memoryService();

    const job = await readDrop(service, await dropped(service, csv));
    await drain(service);

    expect(await jobOf(service, job)).toMatchObject({
      kind: 'upload',
      name: 'app.csv',
      state: 'completed',
      totals: { segments: 1, records: 3 },
      tally: { accepted: 2, rejected: 1, failed: 0 },
    });
    expect(await resultsOf(service, job)).toContain('rejected row 3 (line 5)');
  });

  it('is one job when its event comes twice, and another when it is dropped again', async () => {
    const service = memoryService();
    const first = await dropped(service, csv);

    const one = await readDrop(service, first);
    await drain(service);
    const same = await readDrop(service, first);
    await drain(service);
    const other = await readDrop(service, await dropped(service, csv));
    await drain(service);

    expect(same.id).toBe(one.id);
    expect(other.id).not.toBe(one.id);
    expect((await service.jobs.list('acme', { limit: 9 })).jobs).toHaveLength(2);
    expect(service.events.announced).toHaveLength(2);
  });

  it.each([
    ['an empty file', '', 'app.csv'],
    ['no message column', 'a,b\n1,2\n', 'app.csv'],
    ['UTF-16', Buffer.from('\ufeffsource,message\napp,x\n', 'utf16le'), 'app.csv'],
    ['a zip', Buffer.from('PK\u0003\u0004rest'), 'app.csv'],
  ])('that cannot be read (%s) is a failed job that says why', async (_name, body, name) => {
    const service = memoryService();

    const job = await readDrop(service, await dropped(service, body, name));
    await drain(service);

    const failed = await jobOf(service, job);
    expect(failed.state).toBe('failed');
    expect(failed.error?.code).toMatch(/^[a-z0-9-]+$/);
    expect(failed.error?.message).not.toBe('');
    expect(service.events.announced.map(({ state }) => state)).toEqual(['failed']);
  });

  it('of a header alone is a job of no records, with the header as its results', async () => {
    const service = memoryService();

    const job = await readDrop(service, await dropped(service, 'source,message\n'));
    await drain(service);

    expect(await jobOf(service, job)).toMatchObject({
      state: 'completed',
      tally: { accepted: 0, rejected: 0, failed: 0 },
    });
    expect(await resultsOf(service, job)).toMatch(/^source,message,target_label,.*\n$/);
  });

  it('with metadata that makes no sense is a failed job', async () => {
    const service = memoryService();

    const job = await readDrop(service, await dropped(service, csv, 'app.csv', { format: 'pdf' }));

    expect(await jobOf(service, job)).toMatchObject({ state: 'failed', error: { code: 'metadata' } });
  });

  it('of another owner is nobody’s', async () => {
    const service = memoryService();
    await service.objects.put('uploads', 'incoming/NOT A TENANT/a.csv', csv);

    const outcome = await ingestDrop(
      service,
      { bucket: 'uploads', key: 'incoming/NOT A TENANT/a.csv', stamp: '1' },
      forever,
    );

    expect(outcome.kind).toBe('quarantine');
  });

  it('that was deleted before it was read is passed over', async () => {
    const service = memoryService();

    const outcome = await ingestDrop(service, { bucket: 'uploads', key: 'incoming/acme/a.csv', stamp: '1' }, forever);

    expect(outcome.kind).toBe('ignored');
  });

  it('is read to its end in as many goes as its time allows, with the same results', async () => {
    const lines = Array.from({ length: 40_000 }, (_, index) => `app,worker ${index} of pool ${index % 7} ended\n`);
    const text = `source,message\n${lines.join('')}`;
    const inOne = memoryService();
    const inMany = memoryService();
    let goes = 0;
    // Each look at the clock takes away from what is left, so that a go ends in the middle of the source.
    const hurried = () => {
      let left = 400_000;
      return { remainingMs: () => (left -= 700) };
    };

    const one = await readDrop(inOne, await dropped(inOne, text));
    await drain(inOne);
    await ingestDrop(inMany, await dropped(inMany, text), hurried());
    for (;;) {
      const orders = inMany.ingestOrders.take();
      if (orders.length === 0) break;
      for (const order of orders) await ingestOrdered(inMany, order, hurried());
      goes += orders.length;
    }
    await drain(inMany);

    expect(goes).toBeGreaterThan(0);
    expect(await jobOf(inMany, one)).toMatchObject({ state: 'completed', tally: { accepted: 40_000 } });
    expect(await resultsOf(inMany, one)).toBe(await resultsOf(inOne, one));
  });

  it('may be gzip', async () => {
    const service = memoryService();

    const job = await readDrop(service, await dropped(service, gzipSync(csv), 'app.csv.gz'));
    await drain(service);

    expect(await jobOf(service, job)).toMatchObject({ state: 'completed', tally: { accepted: 2, rejected: 1 } });
  });

  it('that is gone when its chunk is judged fails that chunk at once', async () => {
    const service = memoryService();
    const job = await readDrop(service, await dropped(service, csv));

    await service.objects.delete('uploads', 'incoming/acme/app.csv');
    await drain(service);

    expect(await jobOf(service, job)).toMatchObject({ state: 'failed', error: { code: 'object-missing' } });
    expect(service.events.announced).toHaveLength(1);
  });
});

describe('an order for a job', () => {
  it('that is not there, or over, changes nothing', async () => {
    const service = memoryService();

    await ingestOrdered(service, { tenant: 'acme', jobId: '0'.repeat(26) }, forever);

    expect(service.jobs.changes).toEqual([]);
    expect(service.finished.sent).toEqual([]);
  });
});
