import * as z from 'zod';
import { type Job, jobSchema, objectRefSchema, tallySchema } from '../domain/job.ts';
import type { Segment } from '../ports.ts';
import type { Item, Key } from './table.ts';

/** Shards of the sweep's index, so that no single partition takes every write of every open job. */
export const OPEN_SHARDS = ['open-0', 'open-1', 'open-2', 'open-3'] as const;

export const BY_TENANT = { name: 'byTenant', partition: 'tenantJobs', sort: 'createdAtId' } as const;
export const OPEN = { name: 'open', partition: 'openShard', sort: 'touchedAt' } as const;

export function jobKey(tenant: string, jobId: string): Key {
  return { pk: `${tenant}#${jobId}`, sk: 'job' };
}

/** Numbers of a log group's deliveries take 15 digits. */
export function segmentKey(tenant: string, jobId: string, segment: number): Key {
  return { pk: `${tenant}#${jobId}`, sk: `segment#${String(segment).padStart(15, '0')}` };
}

export function failedKey(tenant: string, jobId: string, segment: number, chunk: number): Key {
  return { pk: `${tenant}#${jobId}`, sk: `failed#${String(segment).padStart(15, '0')}#${chunk}` };
}

/** Apart from its job: it is what finds the job. */
export function deliveryKey(tenant: string, delivery: string): Key {
  return { pk: `${tenant}#delivery#${delivery}`, sk: 'job' };
}

export function openShard(jobId: string): string {
  return OPEN_SHARDS[jobId.charCodeAt(jobId.length - 1) % OPEN_SHARDS.length] ?? OPEN_SHARDS[0];
}

export function jobToItem(job: Job, expiresAt: number): Key & Item {
  return {
    ...job,
    ...jobKey(job.tenant, job.id),
    tenantJobs: tenantJobs(job.tenant),
    createdAtId: `${job.createdAt}#${job.id}`,
    openShard: openShard(job.id),
    expiresAt,
  };
}

export function tenantJobs(tenant: string): string {
  return `${tenant}#jobs`;
}

export function itemToJob(item: Item): Job {
  const { pk, sk, tenantJobs, createdAtId, openShard, expiresAt, ...job } = item;
  return jobSchema.parse(job);
}

const segmentItemSchema = z.object({
  segment: z.int().nonnegative(),
  closed: z
    .object({
      object: objectRefSchema,
      start: z.int(),
      end: z.int(),
      chunks: z.int(),
      records: z.int(),
      firstRow: z.int(),
      firstLine: z.int(),
    })
    .optional(),
  done: z.set(z.int()).default(() => new Set<never>()),
  /** `replay:chunk` */
  failed: z.set(z.string()).default(() => new Set<never>()),
  /** `chunk:accepted:rejected`; a chunk's counts follow from its bytes, so that a redelivery adds the same text. */
  judged: z.set(z.string()).default(() => new Set<never>()),
  settled: z.object({ replay: z.int(), failed: z.array(z.int()) }).optional(),
  rendered: z.object({ replay: z.int(), tally: tallySchema, bytes: z.int() }).optional(),
});

export function itemToSegment(item: Item): Segment {
  const { failed, judged, ...segment } = segmentItemSchema.parse(item);
  return { ...segment, failed: latestFailures(failed, segment.done), judged: sumJudged(judged) };
}

function latestFailures(failed: ReadonlySet<string>, done: ReadonlySet<number>): Map<number, number> {
  const latest = new Map<number, number>();
  for (const text of failed) {
    const [replay = 0, chunk = 0] = text.split(':').map(Number);
    if (!done.has(chunk)) latest.set(chunk, Math.max(replay, latest.get(chunk) ?? 0));
  }
  return latest;
}

function sumJudged(judged: ReadonlySet<string>): Segment['judged'] {
  const byChunk = new Map<number, { accepted: number; rejected: number }>();
  for (const text of judged) {
    const [chunk = 0, accepted = 0, rejected = 0] = text.split(':').map(Number);
    byChunk.set(chunk, { accepted, rejected });
  }
  const counts = [...byChunk.values()];
  return {
    accepted: counts.reduce((sum, { accepted }) => sum + accepted, 0),
    rejected: counts.reduce((sum, { rejected }) => sum + rejected, 0),
  };
}
