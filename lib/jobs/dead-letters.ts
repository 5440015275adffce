import { type Chunk, chunkSchema, type Finished, finishedSchema, ingestOrderSchema } from '../domain/chunk.ts';
import {
  type DroppedObject,
  dropJobId,
  eventToObjects,
  keyToPlace,
  objectEventSchema,
} from '../ingest/object-event.ts';
import type { Clock, JobStore, Queue } from '../ports.ts';
import { checkSegment } from './check-segment.ts';
import { failJob } from './end-job.ts';
import { newJob, newPins } from './new-job.ts';

export interface DeadLetterPorts {
  readonly jobs: JobStore;
  readonly finished: Queue<Finished>;
  readonly clock: Clock;
  readonly anomalyThreshold: number;
}

export type DeadLetterOutcome = 'chunk-failed' | 'job-failed' | 'left-to-sweep' | 'not-ours';

const CHUNK_GIVEN_UP = 'given up after repeated tries';

/**
 * Ends what a message that was given up on would have moved: a chunk is recorded as failed, a job that could not be
 * read fails. A `finished` is left to the sweep, which looks at idle jobs again: sending it from here would go round.
 */
export async function handleDeadLetter(ports: DeadLetterPorts, body: unknown): Promise<DeadLetterOutcome> {
  const chunk = chunkSchema.safeParse(body);
  if (chunk.success) {
    await handleDeadChunk(ports, chunk.data, CHUNK_GIVEN_UP);
    return 'chunk-failed';
  }
  const order = ingestOrderSchema.safeParse(body);
  // A broken chunk and a `finished` name a job too, and are no order to read it.
  if (order.success && !hasName(body, 'segment')) {
    await failJob(ports, { tenant: order.data.tenant, id: order.data.jobId }, INGEST_GIVEN_UP);
    return 'job-failed';
  }
  const event = objectEventSchema.safeParse(body);
  if (event.success) {
    for (const dropped of eventToObjects(event.data)) await failDrop(ports, dropped);
    return 'job-failed';
  }
  const isFinished = finishedSchema.safeParse(body).success && !hasName(body, 'chunk');
  return isFinished ? 'left-to-sweep' : 'not-ours';
}

function hasName(body: unknown, name: string): boolean {
  return typeof body === 'object' && body !== null && name in body;
}

/** What a job says whose source could not be read in repeated tries. */
export const INGEST_GIVEN_UP = {
  code: 'ingest-given-up',
  message: 'reading the source failed repeatedly; send it again, or tell whoever runs this service',
};

/** The event may have been given up on before its job was made: then it is made here, so that its owner finds it. */
async function failDrop(ports: DeadLetterPorts, { bucket, key, version, stamp }: DroppedObject): Promise<void> {
  const place = keyToPlace(key);
  if (place.kind !== 'drop') return;
  const id = place.linkedJobId ?? dropJobId(bucket, key, stamp);
  if (place.linkedJobId === undefined)
    await ports.jobs.create(
      newJob(ports.clock, {
        tenant: place.tenant,
        id,
        kind: 'upload',
        name: place.name,
        state: 'running',
        wanted: {},
        pins: newPins(ports.anomalyThreshold),
        source: { bucket, key, version, bytes: 0 },
      }),
    );
  await failJob(ports, { tenant: place.tenant, id }, INGEST_GIVEN_UP);
}

/** Records the chunk as failed, with its descriptor for a replay, and makes the check of whoever might be last. */
export async function handleDeadChunk(
  ports: Pick<DeadLetterPorts, 'jobs' | 'finished'>,
  chunk: Chunk,
  why: string,
): Promise<void> {
  const job = await ports.jobs.get(chunk.tenant, chunk.jobId);
  if (job === undefined) return;
  const segment = await ports.jobs.chunkFailed(chunk, why);
  await checkSegment(ports, job, segment);
}
