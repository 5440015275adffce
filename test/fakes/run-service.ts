import type { Chunk } from '../../lib/domain/chunk.ts';
import type { Job } from '../../lib/domain/job.ts';
import { finish } from '../../lib/jobs/finish-job.ts';
import { processChunk } from '../../lib/jobs/process-chunk.ts';
import { ingestOrdered } from '../../lib/jobs/start-ingest.ts';
import { type MemoryService, textOf } from './service.ts';

export const forever = { remainingMs: () => 600_000 };

/** Delivers everything on the queues in the order it was sent until there is none. Chunks that `lose` picks are lost. */
export async function drain(service: MemoryService, lose: (chunk: Chunk) => boolean = () => false): Promise<void> {
  for (;;) {
    const orders = service.ingestOrders.take();
    const chunks = [...service.chunksSmall.take(), ...service.chunksBulk.take()];
    const finished = service.finished.take();
    if (orders.length + chunks.length + finished.length === 0) return;
    for (const order of orders) await ingestOrdered(service, order, forever);
    for (const chunk of chunks) if (!lose(chunk)) await processChunk(service, chunk, forever);
    for (const message of finished) await finish(service, message);
  }
}

/** The job as it stands; it must be there. */
export async function jobOf(service: MemoryService, { tenant, id }: Pick<Job, 'tenant' | 'id'>): Promise<Job> {
  const job = await service.jobs.get(tenant, id);
  if (job === undefined) throw new Error(`no job ${id}`);
  return job;
}

/** The text of a job's results file, empty while it has none. */
export async function resultsOf(service: MemoryService, job: Pick<Job, 'tenant' | 'id'>): Promise<string> {
  const { results } = await jobOf(service, job);
  return results === undefined ? '' : textOf(await service.objects.read(results));
}
