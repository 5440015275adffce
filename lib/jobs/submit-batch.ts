import { createHash } from 'node:crypto';
import type { IngestOrder } from '../domain/chunk.ts';
import { Fault, InvalidInput } from '../domain/errors.ts';
import type { Job } from '../domain/job.ts';
import type { LabelSet } from '../domain/label-set.ts';
import type { Clock, JobStore, ObjectInfo, ObjectStore, Queue } from '../ports.ts';
import { batchKey, resultsContentType } from './keys.ts';
import { hashJobId, newJob, newJobId, newPins } from './new-job.ts';
import { labelSetHash, type PinPorts, pinTerms } from './tenant-terms.ts';

export interface SubmitBatchPorts extends PinPorts {
  readonly jobs: JobStore;
  readonly objects: ObjectStore;
  readonly ingestOrders: Queue<IngestOrder>;
  readonly clock: Clock;
  readonly random: (bytes: number) => Uint8Array;
  readonly dataBucket: string;
  readonly anomalyThreshold: number;
}
export interface Batch {
  readonly tenant: string;
  /** NDJSON, unless `wanted` says what else. */
  readonly body: Uint8Array;
  readonly name?: string;
  readonly wanted?: Job['wanted'];
  /** Judged in the service's own labels, whatever the tenant has set. */
  readonly inServiceLabels?: true;
  /** The request's own; absent, its tenant's. */
  readonly labels?: LabelSet;
  /** From which score upwards a line is an anomaly; absent, the service's. */
  readonly anomalyThreshold?: number;
  /** Its lines have been counted against the quota; else they are as they are read. */
  readonly counted?: true;
  /** The key that sent it. */
  readonly by?: Job['by'];
  /** A repeat with the same key, body, labels and threshold is the same job; with others it is refused (422). */
  readonly idempotencyKey?: string;
}

/** Keeps a batch's body and makes its job; the body is read by ingest like any upload. */
export async function submitBatch(ports: SubmitBatchPorts, batch: Batch): Promise<Job> {
  const { tenant } = batch;
  const id = keyedJobId(batch) ?? newJobId(ports.clock, ports.random);
  const source = await putBody(ports, { tenant, id }, batch);
  const job = newJob(ports.clock, {
    tenant,
    id,
    kind: 'batch',
    name: batch.name ?? 'batch.ndjson',
    state: 'running',
    wanted: { format: 'ndjson', ...batch.wanted },
    pins: newPins(
      batch.anomalyThreshold ?? ports.anomalyThreshold,
      batch.inServiceLabels ? {} : await pinTerms(ports, tenant, batch.labels),
    ),
    source,
    by: batch.by,
    counted: batch.counted,
  });
  const standing = (await ports.jobs.create(job)) ? job : ((await ports.jobs.get(tenant, id)) ?? job);
  // A repeat after a crash finds the job made and its order perhaps unsent; an order too many changes nothing.
  if (standing.state === 'running' && standing.totals === undefined)
    await ports.ingestOrders.send([{ tenant, jobId: id }]);
  return standing;
}

/**
 * Refuses an Idempotency-Key that was used for another batch (422), and keeps nothing: so a batch can be refused before
 * its lines are counted, and one that is over its quota leaves the key free. Of two at once `submitBatch` refuses one.
 */
export async function refuseReusedKey(
  ports: Pick<SubmitBatchPorts, 'objects' | 'dataBucket'>,
  batch: Batch,
): Promise<void> {
  const id = keyedJobId(batch);
  if (id !== undefined) await standingBody(ports, batchKey({ tenant: batch.tenant, id }), batchHash(batch));
}

function keyedJobId({ tenant, idempotencyKey }: Batch): string | undefined {
  return idempotencyKey === undefined ? undefined : hashJobId('batch', tenant, idempotencyKey);
}

async function putBody(
  ports: SubmitBatchPorts,
  owner: { tenant: string; id: string },
  batch: Batch,
): Promise<NonNullable<Job['source']>> {
  const { objects, dataBucket: bucket } = ports;
  const { body, wanted } = batch;
  const key = batchKey(owner);
  const sha256 = batchHash(batch);
  const options = { contentType: resultsContentType(wanted?.format ?? 'ndjson'), metadata: { sha256 }, ifAbsent: true };
  const written = await objects.put(bucket, key, body, options);
  if (written !== undefined) return { bucket, key, ...written, bytes: body.byteLength };
  const standing = await standingBody(ports, key, sha256);
  if (standing === undefined) throw new Fault('batch-missing', 'the body of the batch is gone');
  const { etag, version, bytes } = standing;
  return { bucket, key, etag, version, bytes };
}

async function standingBody(
  { objects, dataBucket: bucket }: Pick<SubmitBatchPorts, 'objects' | 'dataBucket'>,
  key: string,
  sha256: string,
): Promise<ObjectInfo | undefined> {
  const standing = await objects.head({ bucket, key });
  if (standing === undefined || standing.metadata.sha256 === sha256) return standing;
  throw new InvalidInput('idempotency-key-reused', 'this Idempotency-Key was used for another batch', { status: 422 });
}

/** Of what makes a batch another one. */
function batchHash({ body, labels, anomalyThreshold }: Batch): string {
  const asked = `${labels === undefined ? '' : labelSetHash(labels)}${anomalyThreshold ?? ''}`;
  return createHash('sha256').update(body).update(asked).digest('hex');
}
