import { createHash } from 'node:crypto';
import type { IngestOrder } from '../domain/chunk.ts';
import { Fault, InvalidInput } from '../domain/errors.ts';
import type { Job } from '../domain/job.ts';
import type { LabelSet } from '../domain/label-set.ts';
import type { Clock, JobStore, ObjectStore, Queue } from '../ports.ts';
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
  /** Its lines have been counted against the quota; else they are as they are read. */
  readonly counted?: true;
  /** The key that sent it. */
  readonly by?: Job['by'];
  /** A repeat with the same key, body and labels is the same job; with others it is refused (422). */
  readonly idempotencyKey?: string;
}

/** Keeps a batch's body and makes its job; the body is read by ingest like any upload. */
export async function submitBatch(ports: SubmitBatchPorts, batch: Batch): Promise<Job> {
  const { tenant, idempotencyKey } = batch;
  const id =
    idempotencyKey === undefined ? newJobId(ports.clock, ports.random) : hashJobId('batch', tenant, idempotencyKey);
  const source = await putBody(ports, { tenant, id }, batch);
  const job = newJob(ports.clock, {
    tenant,
    id,
    kind: 'batch',
    name: batch.name ?? 'batch.ndjson',
    state: 'running',
    wanted: { format: 'ndjson', ...batch.wanted },
    pins: newPins(ports.anomalyThreshold, batch.inServiceLabels ? {} : await pinTerms(ports, tenant, batch.labels)),
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

async function putBody(
  { objects, dataBucket }: SubmitBatchPorts,
  owner: { tenant: string; id: string },
  { body, labels, wanted }: Batch,
): Promise<NonNullable<Job['source']>> {
  const key = batchKey(owner);
  const asked = labels === undefined ? '' : labelSetHash(labels);
  const sha256 = createHash('sha256').update(body).update(asked).digest('hex');
  const options = { contentType: resultsContentType(wanted?.format ?? 'ndjson'), metadata: { sha256 }, ifAbsent: true };
  const written = await objects.put(dataBucket, key, body, options);
  if (written !== undefined) return { bucket: dataBucket, key, ...written, bytes: body.byteLength };
  const standing = await objects.head({ bucket: dataBucket, key });
  if (standing === undefined) throw new Fault('batch-missing', 'the body of the batch is gone');
  if (standing.metadata.sha256 !== sha256)
    throw new InvalidInput('idempotency-key-reused', 'this Idempotency-Key was used for another body', { status: 422 });
  const { etag, version, bytes } = standing;
  return { bucket: dataBucket, key, etag, version, bytes };
}
