import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { ingestOrderSchema } from '../../lib/domain/chunk.ts';
import { type DroppedObject, eventToObjects, objectEventSchema } from '../../lib/ingest/object-event.ts';
import { ingestDrop, ingestOrdered } from '../../lib/jobs/start-ingest.ts';
import { flush } from '../flush.ts';
import { log, openPorts } from '../ports.ts';
import { withQueue } from '../with-queue.ts';

/** The uploads queue carries the bucket's own events, and orders to read a batch or to go on reading. */
const bodySchema = z.union([ingestOrderSchema, objectEventSchema]);

export const handler = withQueue(
  bodySchema,
  async (body, context) => {
    const budget = { remainingMs: () => context.getRemainingTimeInMillis() };
    if ('jobId' in body) await ingestOrdered(openPorts(), body, budget);
    else for (const dropped of eventToObjects(body)) await ingest(dropped, context, budget);
    return undefined;
  },
  { log, flush },
);

async function ingest(dropped: DroppedObject, context: Context, budget: { remainingMs(): number }): Promise<void> {
  const outcome = await ingestDrop(openPorts(), dropped, budget);
  const requestId = context.awsRequestId;
  if (outcome.kind === 'read') log('info', 'drop', { requestId, tenant: outcome.job.tenant, jobId: outcome.job.id });
  // The alarm counts these lines; the key is the owner's own naming and is left out.
  else log(outcome.kind === 'quarantine' ? 'warn' : 'info', outcome.kind, { requestId, why: outcome.why });
}
