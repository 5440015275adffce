import type { Finished, IngestOrder } from '../domain/chunk.ts';
import { InvalidInput } from '../domain/errors.ts';
import type { Job } from '../domain/job.ts';
import { type IngestBudget, type IngestPorts, ingestSource } from '../ingest/ingest-source.ts';
import type { DroppedObject } from '../ingest/object-event.ts';
import { openDrop } from '../ingest/open-drop.ts';
import type { Queue } from '../ports.ts';
import { checkSegment } from './check-segment.ts';
import { failJob } from './end-job.ts';
import { uploadKey } from './keys.ts';
import { newPins } from './new-job.ts';
import { type PinPorts, pinTerms } from './tenant-terms.ts';
import { throttleJob } from './throttle.ts';

export interface StartPorts extends Omit<IngestPorts, 'checkSegment'>, PinPorts {
  readonly ingestOrders: Queue<IngestOrder>;
  readonly finished: Queue<Finished>;
  readonly uploadsBucket: string;
  readonly anomalyThreshold: number;
}

/** What became of a dropped object; nobody's are `quarantine`, to be told of. */
export type DropOutcome =
  | { readonly kind: 'read'; readonly job: Job }
  | { readonly kind: 'quarantine' | 'ignored'; readonly why: string };

/** While a job has enough chunks on the queue, its reading goes on after so many seconds. */
const CROWDED_SECONDS = 5;

/** Reads an object that appeared: as the upload that was announced for it, else as a job of its own. The same event again finds the same job. */
export async function ingestDrop(
  ports: StartPorts,
  dropped: DroppedObject,
  budget: IngestBudget,
): Promise<DropOutcome> {
  const opened = await openDrop(
    {
      ...ports,
      pins: async (tenant, labels) => newPins(ports.anomalyThreshold, await pinTerms(ports, tenant, labels)),
    },
    dropped,
  );
  if (opened.kind === 'quarantine' || opened.kind === 'ignored') return opened;
  if (opened.kind === 'refused') await failJob(ports, opened.job, opened.error);
  else await ingestJob(ports, opened.job, undefined, budget);
  return { kind: 'read', job: opened.job };
}

/** Reads a job's source from its beginning, or goes on from a checkpoint. */
export async function ingestOrdered(ports: StartPorts, order: IngestOrder, budget: IngestBudget): Promise<void> {
  const job = await ports.jobs.get(order.tenant, order.jobId);
  if (job === undefined) return;
  if (job.source !== undefined) return ingestJob(ports, job, order.from, budget);
  const announced = await findAnnounced(ports, job);
  if (announced !== undefined) await ingestJob(ports, announced, undefined, budget);
}

/** An announced upload whose bytes are there, though the bucket's event has not told yet. */
async function findAnnounced(ports: StartPorts, job: Job): Promise<Job | undefined> {
  const object = { bucket: ports.uploadsBucket, key: uploadKey(job) };
  const info = await ports.objects.head(object);
  if (info === undefined) return undefined;
  const source = { ...object, version: info.version, etag: info.etag, bytes: info.bytes };
  const touchedAt = ports.clock.now().toISOString();
  return ports.jobs.update(job.tenant, job.id, ['awaiting-upload'], { source, touchedAt });
}

async function ingestJob(ports: StartPorts, job: Job, from: IngestOrder['from'], budget: IngestBudget): Promise<void> {
  if (job.state !== 'running' && job.state !== 'awaiting-upload') return;
  if (job.totals !== undefined) return sayRead(ports, job);
  const ingestPorts: IngestPorts = {
    ...ports,
    checkSegment: (owner, segment) => checkSegment(ports, owner, segment),
  };
  try {
    const outcome = await ingestSource(ingestPorts, job, from, budget);
    if (outcome.state === 'throttled') return await throttleJob(ports, job, outcome);
    if (outcome.state === 'continue') {
      const order = { tenant: job.tenant, jobId: job.id, from: outcome.from };
      const delaySeconds = outcome.because === 'in-flight' ? CROWDED_SECONDS : undefined;
      return await ports.ingestOrders.send([order], { delaySeconds });
    }
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return failJob(ports, job, error);
  }
  const read = await ports.jobs.get(job.tenant, job.id);
  if (read?.state === 'running') await sayRead(ports, read);
}

/** The totals are known now: the first segment waited for them, and the last may have been rendered before they were. */
async function sayRead({ finished }: StartPorts, { tenant, id, totals }: Job): Promise<void> {
  const last = Math.max(0, (totals?.segments ?? 0) - 1);
  await finished.send([...new Set([0, last])].map((segment) => ({ tenant, jobId: id, segment })));
}
