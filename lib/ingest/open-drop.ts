import { InvalidInput } from '../domain/errors.ts';
import type { Job, Pins } from '../domain/job.ts';
import type { LabelSet } from '../domain/label-set.ts';
import type { Clock, JobStore, ObjectInfo, ObjectStore } from '../ports.ts';
import { metadataToLabels } from './metadata-labels.ts';
import { type DroppedObject, dropJobId, keyToPlace } from './object-event.ts';
import { metadataToWanted } from './object-metadata.ts';

export interface DropPorts {
  readonly objects: ObjectStore;
  readonly jobs: JobStore;
  readonly clock: Clock;
  /** What judges a new job of a tenant, by the labels of its object where it has any. */
  readonly pins: (tenant: string, labels: LabelSet | undefined) => Promise<Pins>;
}

export type OpenedDrop =
  /** Its job, to be ingested; when the event came before it may have been already. */
  | { kind: 'job'; job: Job }
  /** Its job, to be failed with the error. */
  | { kind: 'refused'; job: Job; error: InvalidInput }
  /** Nobody's: to be listed and alarmed about. */
  | { kind: 'quarantine'; why: string }
  /** A folder marker, an object deleted since, a second object under a used link. */
  | { kind: 'ignored'; why: string };

/** The job of an object that was written under `incoming/`: a new one for a drop, the waiting one for a presigned upload. */
export async function openDrop(ports: DropPorts, dropped: DroppedObject): Promise<OpenedDrop> {
  const place = keyToPlace(dropped.key);
  if (place.kind === 'quarantine') return place;
  if (place.kind === 'folder') return { kind: 'ignored', why: 'a folder' };
  const { bucket, key, version } = dropped;
  const info = await ports.objects.head({ bucket, key, version });
  if (info === undefined) return { kind: 'ignored', why: 'the object is gone' };
  const source = { bucket, key, version: version ?? info.version, etag: info.etag, bytes: info.bytes };
  if (place.linkedJobId !== undefined) return openLinked(ports, place.tenant, place.linkedJobId, source);
  const id = dropJobId(bucket, key, dropped.stamp);
  const { wanted, labels, error } = readWanted(info);
  const now = ports.clock.now().toISOString();
  const fresh: Job = {
    ...{ tenant: place.tenant, id, kind: 'upload', name: place.name, state: 'running' },
    ...{ createdAt: now, touchedAt: now, source, wanted },
    pins: await ports.pins(place.tenant, labels),
  };
  const isNew = await ports.jobs.create(fresh);
  const job = isNew ? fresh : ((await ports.jobs.get(place.tenant, id)) ?? fresh);
  return error === undefined ? { kind: 'job', job } : { kind: 'refused', job, error };
}

/** The first object under a link is the job's; S3 keeps later ones, and nobody reads them. */
async function openLinked(
  ports: DropPorts,
  tenant: string,
  jobId: string,
  source: NonNullable<Job['source']>,
): Promise<OpenedDrop> {
  const touchedAt = ports.clock.now().toISOString();
  const standing = await ports.jobs.get(tenant, jobId);
  if (standing === undefined) return { kind: 'quarantine', why: 'no job has this link' };
  const isKnown = standing.source?.version === source.version && standing.source?.etag === source.etag;
  if (isKnown) return { kind: 'job', job: standing };
  if (standing.source !== undefined) return { kind: 'ignored', why: 'the link was used before' };
  const job = await ports.jobs.update(tenant, jobId, ['awaiting-upload'], { source, touchedAt });
  return job === undefined ? { kind: 'ignored', why: 'the job is over' } : { kind: 'job', job };
}

function readWanted(info: ObjectInfo): { wanted: Job['wanted']; labels?: LabelSet; error?: InvalidInput } {
  try {
    return { wanted: metadataToWanted(info.metadata), labels: metadataToLabels(info.metadata) };
  } catch (error) {
    if (error instanceof InvalidInput) return { wanted: {}, error };
    throw error;
  }
}
