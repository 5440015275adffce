import { createHash } from 'node:crypto';
import type { IngestOrder } from '../domain/chunk.ts';
import { InvalidInput } from '../domain/errors.ts';
import type { Job } from '../domain/job.ts';
import type { LabelSet } from '../domain/label-set.ts';
import { LIMITS } from '../domain/limits.ts';
import { inParallel } from '../in-parallel.ts';
import type { Clock, JobStore, LinkSigner, ObjectStore, Queue } from '../ports.ts';
import { uploadKey } from './keys.ts';
import { hashJobId, newJob, newJobId, newPins } from './new-job.ts';
import { labelSetHash, type PinPorts, pinTerms } from './tenant-terms.ts';

export interface UploadPorts extends PinPorts {
  readonly jobs: JobStore;
  readonly objects: ObjectStore;
  readonly links: LinkSigner;
  readonly ingestOrders: Queue<IngestOrder>;
  readonly clock: Clock;
  readonly random: (bytes: number) => Uint8Array;
  readonly uploadsBucket: string;
  readonly anomalyThreshold: number;
}
export interface UploadRequest {
  readonly tenant: string;
  readonly name: string;
  readonly bytes: number;
  readonly wanted?: Job['wanted'];
  /** The request's own; absent, its tenant's. */
  readonly labels?: LabelSet;
  /** A repeat with the same key is the same job, with fresh links; another request with it is refused (422). */
  readonly idempotencyKey?: string;
  /** The key that asked for it: its quota is what the lines are counted against. */
  readonly by?: Job['by'];
}
/** How to send the bytes: one PUT with these headers, or a PUT per part and then `complete`. */
export type UploadLinks =
  | { readonly url: string; readonly headers: Readonly<Record<string, string>> }
  | {
      readonly parts: readonly {
        readonly part: number;
        readonly start: number;
        readonly end: number;
        readonly url: string;
      }[];
    };

const SIGNED_AT_ONCE = 16;

/** Makes a job that awaits its bytes, with links that write exactly one object, once, for an hour. */
export async function createUpload(
  ports: UploadPorts,
  request: UploadRequest,
): Promise<{ job: Job; links: UploadLinks; seconds: number }> {
  const { tenant, bytes, idempotencyKey } = request;
  if (bytes > LIMITS.uploadBytes)
    throw new InvalidInput('too-large', `an upload is at most ${LIMITS.uploadBytes} bytes`, { status: 413 });
  const id =
    idempotencyKey === undefined ? newJobId(ports.clock, ports.random) : hashJobId('upload', tenant, idempotencyKey);
  const standing = idempotencyKey === undefined ? undefined : await ports.jobs.get(tenant, id);
  const job = standing ?? (await makeJob(ports, id, request));
  const asked = askedHash(request);
  if (job.name !== request.name || job.upload?.bytes !== bytes || (job.upload.asked ?? asked) !== asked)
    throw new InvalidInput('idempotency-key-reused', 'this Idempotency-Key was used for another upload', {
      status: 422,
    });
  return { job, links: await signLinks(ports, job, bytes), seconds: LIMITS.linkSeconds };
}

function askedHash({ name, bytes, wanted = {}, labels }: UploadRequest): string {
  const asked = JSON.stringify([name, bytes, wanted, labels && labelSetHash(labels)]);
  return createHash('sha256').update(asked).digest('hex');
}

/** The job as it stands: one of the same id that was made meanwhile is the job. */
async function makeJob(ports: UploadPorts, id: string, request: UploadRequest): Promise<Job> {
  const { tenant, name, bytes, wanted = {}, labels, by } = request;
  const key = uploadKey({ tenant, id });
  const multipartId =
    bytes > LIMITS.singlePutBytes
      ? await ports.objects.createMultipart(ports.uploadsBucket, key, 'application/octet-stream')
      : undefined;
  const job = newJob(ports.clock, {
    tenant,
    id,
    kind: 'upload',
    name,
    state: 'awaiting-upload',
    wanted,
    pins: newPins(ports.anomalyThreshold, await pinTerms(ports, tenant, labels)),
    upload: { bytes, multipartId, asked: askedHash(request) },
    by,
  });
  if (await ports.jobs.create(job)) return job;
  if (multipartId !== undefined) await ports.objects.abortMultipart(ports.uploadsBucket, key, multipartId);
  return (await ports.jobs.get(tenant, id)) ?? job;
}

async function signLinks(ports: UploadPorts, job: Job, bytes: number): Promise<UploadLinks> {
  const key = uploadKey(job);
  const multipartId = job.upload?.multipartId;
  return multipartId === undefined
    ? ports.links.put(ports.uploadsBucket, key, { seconds: LIMITS.linkSeconds, bytes })
    : { parts: await signParts(ports, key, multipartId, bytes) };
}

async function signParts({ links, uploadsBucket }: UploadPorts, key: string, multipartId: string, bytes: number) {
  const size = LIMITS.uploadPartBytes;
  const numbers = Array.from({ length: Math.ceil(bytes / size) }, (_, index) => index + 1);
  return inParallel(numbers, SIGNED_AT_ONCE, async (part) => {
    const start = (part - 1) * size;
    const end = Math.min(part * size, bytes);
    const options = { part, bytes: end - start, seconds: LIMITS.linkSeconds };
    return { part, start, end, url: await links.part(uploadsBucket, key, multipartId, options) };
  });
}

/** Joins the parts, if it was sent in parts, and has the job begin. Said again, or beside the bucket's own event, it changes nothing. */
export async function completeUpload(ports: UploadPorts, tenant: string, jobId: string): Promise<Job> {
  const job = await ports.jobs.get(tenant, jobId);
  if (job?.upload === undefined) throw new InvalidInput('job-missing', 'there is no such upload', { status: 404 });
  if (job.state !== 'awaiting-upload') return job;
  const { bytes, multipartId } = job.upload;
  const key = uploadKey(job);
  if (multipartId !== undefined) {
    const parts = Math.ceil(bytes / LIMITS.uploadPartBytes);
    await ports.objects.completeMultipart(ports.uploadsBucket, key, multipartId, { parts, bytes });
  }
  if ((await ports.objects.head({ bucket: ports.uploadsBucket, key })) === undefined)
    throw new InvalidInput('upload-incomplete', 'the bytes have not arrived', { status: 409 });
  await ports.ingestOrders.send([{ tenant, jobId }]);
  return job;
}
