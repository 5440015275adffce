import type { LineQuota } from '../access/line-quota.ts';
import type { Checkpoint, Chunk, IngestOrder } from '../domain/chunk.ts';
import type { Job } from '../domain/job.ts';
import type { Clock, JobStore, ObjectStore, Queue, Segment } from '../ports.ts';
import { failedIn, resendsOf } from './check-segment.ts';
import { cutLines } from './cut-lines.ts';

export interface ThrottlePorts {
  readonly jobs: JobStore;
  readonly objects: ObjectStore;
  readonly ingestOrders: Queue<IngestOrder>;
  readonly chunksBulk: Queue<Chunk>;
  readonly clock: Clock;
  readonly lines: LineQuota;
}

/** Has a job wait until its quota leaves it `lines` again. `from`: where its reading stopped, all before was sent. */
export async function throttleJob(
  { jobs, clock }: Pick<ThrottlePorts, 'jobs' | 'clock'>,
  { tenant, id, throttled }: Job,
  { lines, from }: { lines: number; from?: Checkpoint },
): Promise<void> {
  const now = clock.now().toISOString();
  const change = { throttled: { since: throttled?.since ?? now, from, lines }, touchedAt: now };
  await jobs.update(tenant, id, ['running'], change);
}

/** Goes on with a job that waits, where there is something to go on with. The sweep asks. */
export async function resumeThrottled(ports: ThrottlePorts, job: Job): Promise<void> {
  if (job.throttled === undefined || !(await ports.lines.areLeft(job, job.throttled.lines ?? 1))) return;
  if (job.kind === 'log-group') {
    const refused = await sendDeliveries(ports, job);
    await (refused === undefined ? noteResumed(ports, job) : throttleJob(ports, job, { lines: refused }));
    return;
  }
  await ports.ingestOrders.send([{ tenant: job.tenant, jobId: job.id, from: job.throttled.from }]);
  await noteResumed(ports, job);
}

/** From then on its days to stall are counted anew. */
async function noteResumed({ jobs, clock }: ThrottlePorts, { tenant, id }: Job): Promise<void> {
  const now = clock.now().toISOString();
  await jobs.update(tenant, id, ['running'], { throttled: undefined, resumedAt: now, touchedAt: now });
}

/** Sends the chunks of a log job's deliveries that are neither done nor given up, as long as the quota lasts; the lines it was refused where it did not. */
export async function sendDeliveries(ports: ThrottlePorts, job: Job): Promise<number | undefined> {
  for (const segment of await ports.jobs.segments(job.tenant, job.id)) {
    const { closed, done } = segment;
    if (closed === undefined || done.size + failedIn(segment, resendsOf(job)).length === closed.chunks) continue;
    if (!(await ports.lines.take(job, closed.records, deliveryName(job, segment.segment)))) return closed.records;
    await sendDelivery(ports, job, { ...segment, closed });
  }
  return undefined;
}

async function sendDelivery(
  { objects, chunksBulk }: ThrottlePorts,
  job: Job,
  { segment, closed, done }: Segment & { closed: NonNullable<Segment['closed']> },
): Promise<void> {
  const blocks: Uint8Array[] = [];
  for await (const block of await objects.read(closed.object)) blocks.push(block);
  const chunks = cutLines(Buffer.concat(blocks), job.pins).map((part, chunk) => ({
    ...{ tenant: job.tenant, jobId: job.id, segment, chunk, object: closed.object },
    ...part,
  }));
  await chunksBulk.send(
    chunks.filter(({ chunk }) => !done.has(chunk)),
    { group: job.tenant },
  );
}

/** What a delivery's lines are counted under: once, however often it is delivered and sent. */
export function deliveryName({ id }: Pick<Job, 'id'>, segment: number): string {
  return `${id}|delivery|${segment}`;
}
