import { createHash } from 'node:crypto';
import type { LineQuota } from '../access/line-quota.ts';
import type { Chunk, Finished } from '../domain/chunk.ts';
import { Fault } from '../domain/errors.ts';
import type { Job, ObjectRef } from '../domain/job.ts';
import { deliveryLayout, deliveryToNdjson, type LogDelivery } from '../ingest/subscription-event.ts';
import type { Clock, JobStore, ObjectStore, Queue } from '../ports.ts';
import { checkSegment } from './check-segment.ts';
import { cutLines } from './cut-lines.ts';
import { hashJobId, newJob, newPins } from './new-job.ts';
import { type PinPorts, pinTerms } from './tenant-terms.ts';
import { deliveryName, throttleJob } from './throttle.ts';

export interface LogDeliveryPorts extends PinPorts {
  readonly jobs: JobStore;
  readonly objects: ObjectStore;
  readonly chunksSmall: Queue<Chunk>;
  readonly finished: Queue<Finished>;
  readonly clock: Clock;
  readonly dataBucket: string;
  readonly anomalyThreshold: number;
  readonly lines: LineQuota;
}
const HOUR_MS = 3_600_000;
/** After its hour a job stays open this long: functions under way and CloudWatch's retries within the hour have ended by then. */
const SEALED_AFTER_MS = 10 * 60_000;

/**
 * Takes a delivery into the job of its log group's hour: bytes first, then job, segment and chunks. The same delivery
 * again, whenever it comes, writes the same keys of the same job. The hour is that of arrival, so that a late event does
 * not reopen an hour that ended.
 */
export async function takeLogDelivery(ports: LogDeliveryPorts, tenant: string, delivery: LogDelivery): Promise<Job> {
  // 48 bits of the content: deliveries come in any order and twice, and have no number of their own.
  const { body, records, number: segment } = deliveryToNdjson(delivery);
  const name = createHash('sha256').update(`${delivery.logGroup}\n`).update(body).digest('base64url');
  const earlier = await jobThatTook(ports, tenant, name, segment);
  if (earlier !== undefined && earlier.state !== 'running') return earlier;
  const job = earlier ?? (await hourJob(ports, tenant, delivery.logGroup));
  if (earlier === undefined) await ports.jobs.noteDelivery(tenant, name, job.id);
  const object = await putDelivery(ports, job, delivery, segment, body);
  const owner = { tenant: job.tenant, jobId: job.id, segment };
  const chunks = cutLines(body, job.pins).map((part, chunk) => ({ ...owner, chunk, object, ...part }));
  const standing = await ports.jobs.closeSegment(job.tenant, job.id, segment, {
    object,
    start: 0,
    end: body.byteLength,
    chunks: chunks.length,
    records,
    firstRow: 1,
    firstLine: 1,
  });
  const unsent = chunks.filter(({ chunk }) => !standing.done.has(chunk));
  // Its bytes are kept; the sweep sends it when there are lines again.
  if (unsent.length > 0 && !(await ports.lines.take(job, records, deliveryName(job, segment)))) {
    await throttleJob(ports, job, { lines: records });
    return job;
  }
  await ports.chunksSmall.send(unsent, { group: job.tenant });
  await checkSegment(ports, job, standing);
  return job;
}

/** Lambda tries again in the next hour, and people send again what was given up. Of a job that failed nothing stands. */
async function jobThatTook(
  { jobs }: LogDeliveryPorts,
  tenant: string,
  name: string,
  segment: number,
): Promise<Job | undefined> {
  const jobId = await jobs.deliveryJob(tenant, name);
  const job = jobId === undefined ? undefined : await jobs.get(tenant, jobId);
  if (job === undefined || job.state === 'failed') return undefined;
  const taken = await jobs.segment(tenant, job.id, segment);
  return taken?.closed === undefined ? undefined : job;
}

async function hourJob(ports: LogDeliveryPorts, tenant: string, logGroup: string): Promise<Job> {
  const hour = ports.clock.now().toISOString().slice(0, 13);
  const id = hashJobId('logs', tenant, logGroup, hour);
  const job = newJob(ports.clock, {
    tenant,
    id,
    kind: 'log-group',
    name: `${logGroup} ${hour}`,
    state: 'running',
    wanted: {},
    pins: newPins(ports.anomalyThreshold, await pinTerms(ports, tenant)),
    layout: deliveryLayout(logGroup),
  });
  if (await ports.jobs.create(job)) return job;
  const standing = await ports.jobs.get(tenant, id);
  if (standing?.state !== 'running') throw new Fault('log-job-over', `the job of this hour of ${logGroup} is over`);
  return standing;
}

/** The key begins with the time of the first event: deliveries are rendered in the order of their keys. */
async function putDelivery(
  { objects, dataBucket }: LogDeliveryPorts,
  job: Job,
  { events }: LogDelivery,
  segment: number,
  body: Uint8Array,
): Promise<ObjectRef> {
  const first = String(Math.max(0, Math.trunc(events[0]?.timestamp ?? 0))).padStart(15, '0');
  const key = `${job.tenant}/logs/${job.id}/${first}-${segment}.ndjson`;
  // Never over what is there: the segment keeps the etag, and an encrypted object written again has another.
  const options = { contentType: 'application/x-ndjson', ifAbsent: true };
  const written = await objects.put(dataBucket, key, body, options);
  const { etag, version } = written ?? (await objects.head({ bucket: dataBucket, key })) ?? {};
  return { bucket: dataBucket, key, etag, version };
}

/** Writes the totals of an hour that has ended, so that its last chunk ends the job. Undefined while it is too early. */
export async function sealLogJob(
  { jobs, clock }: Pick<LogDeliveryPorts, 'jobs' | 'clock'>,
  job: Job,
): Promise<Job | undefined> {
  const hourEnd = (Math.floor(Date.parse(job.createdAt) / HOUR_MS) + 1) * HOUR_MS;
  if (clock.now().getTime() < hourEnd + SEALED_AFTER_MS) return undefined;
  const closed = (await jobs.segments(job.tenant, job.id)).flatMap((segment) => segment.closed ?? []);
  const totals = {
    segments: closed.length,
    chunks: closed.reduce((sum, { chunks }) => sum + chunks, 0),
    records: closed.reduce((sum, { records }) => sum + records, 0),
  };
  const sealed = await jobs.update(job.tenant, job.id, ['running'], { totals }, { absent: 'totals' });
  return sealed ?? jobs.get(job.tenant, job.id);
}
