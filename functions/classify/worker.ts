import { chunkSchema } from '../../lib/domain/chunk.ts';
import { processChunk } from '../../lib/jobs/process-chunk.ts';
import { flush } from '../flush.ts';
import { log, openPorts } from '../ports.ts';
import { withQueue } from '../with-queue.ts';
import { cascadeForJob } from './cascade.ts';

/** A chunk takes at most 30 s; one that is begun with less than this left might be cut off in the middle. */
const CHUNK_MS = 45_000;
/** Kept for writing pages once the cascade's time is up. */
const WRITE_MS = 15_000;

export const handler = withQueue(
  chunkSchema,
  async (chunk, context) => {
    if (context.getRemainingTimeInMillis() < CHUNK_MS) return 'later';
    const cascade = await cascadeForJob(chunk.jobId);
    const remainingMs = () => context.getRemainingTimeInMillis() - WRITE_MS;
    const { clock, telemetry } = openPorts();
    const startedAt = clock.now().getTime();
    const outcome = await telemetry.onBehalf({ tenant: chunk.tenant, keyId: 'jobs' }, () =>
      processChunk({ ...openPorts(), cascade }, chunk, { remainingMs }),
    );
    telemetry.meter.count('chunks', [outcome]);
    log('info', 'chunk', {
      tenant: chunk.tenant,
      jobId: chunk.jobId,
      segment: chunk.segment,
      chunk: chunk.chunk,
      records: chunk.records,
      outcome,
      ms: clock.now().getTime() - startedAt,
    });
    return undefined;
  },
  { log, flush },
);
