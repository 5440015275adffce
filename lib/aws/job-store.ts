import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { type Chunk, chunkSchema } from '../domain/chunk.ts';
import { Fault, InvalidInput } from '../domain/errors.ts';
import type { Job, JobState } from '../domain/job.ts';
import { LIMITS } from '../domain/limits.ts';
import type { Clock, JobGuard, JobStore, Segment } from '../ports.ts';
import {
  BY_TENANT,
  deliveryKey,
  failedKey,
  itemToJob,
  itemToSegment,
  jobKey,
  jobToItem,
  OPEN,
  OPEN_SHARDS,
  openShard,
  segmentKey,
  tenantJobs,
} from './job-items.ts';
import { type Item, openTable, type Table } from './table.ts';
import type { Condition, Update } from './update-expression.ts';

/** Jobs in DynamoDB: a job, its segments and its failed chunks are one partition: the job is kept so many days from its creation or `keep`, the others from when each was last written. */
export function dynamoJobStore(
  client: DynamoDBClient,
  name: string,
  clock: Clock,
  keepDays: number = LIMITS.retentionDays,
): JobStore {
  const table = openTable(client, name, clock);
  const expiresAt = () => table.expiryInDays(keepDays);
  const updateSegment = async (tenant: string, jobId: string, segment: number, update: Update) => {
    const set = { ...update.set, expiresAt: expiresAt() };
    const setIfAbsent = { segment, ...update.setIfAbsent };
    const item = await table.update(segmentKey(tenant, jobId, segment), { ...update, set, setIfAbsent });
    return item === undefined ? undefined : itemToSegment(item);
  };
  const segment = async (tenant: string, jobId: string, number: number) => {
    const item = await table.get(segmentKey(tenant, jobId, number));
    return item === undefined ? undefined : itemToSegment(item);
  };
  /** The segment as it stands where a condition kept it from being changed. */
  const standing = async (tenant: string, jobId: string, number: number) => {
    const found = await segment(tenant, jobId, number);
    if (found === undefined) throw new Fault('segment-missing', `segment ${number} of job ${jobId} is not there`);
    return found;
  };

  return {
    create: (job) => table.putIfAbsent(jobToItem(job, expiresAt())),
    get: async (tenant, jobId) => {
      const item = await table.get(jobKey(tenant, jobId));
      return item === undefined ? undefined : itemToJob(item);
    },
    update: async (tenant, jobId, from, change, guard = {}) => {
      const set = { ...change, ...openness(jobId, change) };
      const item = await table.update(jobKey(tenant, jobId), { set, onlyIf: jobConditions(from, guard) });
      return item === undefined ? undefined : itemToJob(item);
    },
    keep: async (tenant, jobId) =>
      void (await table.update(jobKey(tenant, jobId), {
        set: { expiresAt: expiresAt() },
        onlyIf: jobConditions(['running'], {}),
      })),
    list: (tenant, options) => listJobs(table, tenant, options),
    idle: async (before, limit) => {
      const shards = await Promise.all(
        OPEN_SHARDS.map(async (partition) => {
          const found: { tenant: string; jobId: string }[] = [];
          for await (const item of table.query({ partition, before, index: OPEN, limit })) {
            found.push(ownerSchema.parse(item));
            if (found.length === limit) break;
          }
          return found;
        }),
      );
      // In turn, so that a shard full of idle jobs leaves the others their share.
      const turns = Array.from({ length: limit }, (_, at) => shards.flatMap((found) => found[at] ?? []));
      return turns.flat().slice(0, limit);
    },
    closeSegment: async (tenant, jobId, number, closed) =>
      (await updateSegment(tenant, jobId, number, { setIfAbsent: { closed } })) ?? standing(tenant, jobId, number),
    chunkDone: async ({ tenant, jobId, segment: number, chunk }, { accepted, rejected }) => {
      const judged = new Set([`${chunk}:${accepted}:${rejected}`]);
      const add = { done: new Set([chunk]), judged };
      return (await updateSegment(tenant, jobId, number, { add })) ?? standing(tenant, jobId, number);
    },
    chunkFailed: async (chunk, why) => {
      const { tenant, jobId, segment: number } = chunk;
      await table.put({
        ...failedKey(tenant, jobId, number, chunk.chunk),
        descriptor: chunk,
        why,
        expiresAt: expiresAt(),
      });
      const add = { failed: new Set([`${chunk.replay ?? 0}:${chunk.chunk}`]) };
      const onlyIf: Condition[] = [{ kind: 'holds-not', name: 'done', value: chunk.chunk }];
      return (await updateSegment(tenant, jobId, number, { add, onlyIf })) ?? standing(tenant, jobId, number);
    },
    failedChunks: async (tenant, jobId) => {
      const chunks: Chunk[] = [];
      for await (const item of table.query({ partition: jobKey(tenant, jobId).pk, prefix: 'failed#' }))
        chunks.push(failedItemSchema.parse(item).descriptor);
      return chunks;
    },
    settleSegment: async (tenant, jobId, number, settled) => {
      const onlyIf: Condition[] = [{ kind: 'absent-or-below', name: 'settledReplay', value: settled.replay }];
      const set = { settled, settledReplay: settled.replay };
      return (await updateSegment(tenant, jobId, number, { set, onlyIf })) ?? standing(tenant, jobId, number);
    },
    segmentRendered: async (tenant, jobId, number, rendered) => {
      const onlyIf: Condition[] = [{ kind: 'absent-or-below', name: 'renderedReplay', value: rendered.replay }];
      const set = { rendered, renderedReplay: rendered.replay };
      await updateSegment(tenant, jobId, number, { set, onlyIf });
    },
    segment,
    segments: async (tenant, jobId, from = 0, limit = Number.POSITIVE_INFINITY) => {
      const { pk, sk } = segmentKey(tenant, jobId, from);
      const query = { partition: pk, prefix: 'segment#', from: sk, limit: Number.isFinite(limit) ? limit : undefined };
      const segments: Segment[] = [];
      for await (const item of table.query(query)) {
        segments.push(itemToSegment(item));
        if (segments.length >= limit) break;
      }
      return segments;
    },
    deliveryJob: async (tenant, delivery) => {
      const item = await table.get(deliveryKey(tenant, delivery));
      return item === undefined ? undefined : deliveryItemSchema.parse(item).jobId;
    },
    noteDelivery: (tenant, delivery, jobId) =>
      table.put({ ...deliveryKey(tenant, delivery), jobId, expiresAt: expiresAt() }),
  };
}

const failedItemSchema = z.object({ descriptor: chunkSchema });
const deliveryItemSchema = z.object({ jobId: z.string() });
const ownerSchema = z
  .object({ pk: z.string() })
  .transform(({ pk }) => ({ tenant: pk.slice(0, pk.indexOf('#')), jobId: pk.slice(pk.indexOf('#') + 1) }));

/** A job is in the sweep's index from its beginning until its end has been announced. */
function openness(jobId: string, change: Partial<Job>): Record<string, string | undefined> {
  if (change.announced) return { openShard: undefined };
  return change.state === undefined ? {} : { openShard: openShard(jobId) };
}

function jobConditions(from: readonly JobState[], guard: JobGuard): Condition[] {
  const { replays, absent } = guard;
  return [
    { kind: 'among', name: 'state', values: from },
    ...(absent === undefined ? [] : [{ kind: 'absent', name: absent } as const]),
    ...(replays === undefined ? [] : [atReplay(replays)]),
  ];
}

/** A job that was never replayed has no such attribute. */
function atReplay(replays: number): Condition {
  return replays === 0 ? { kind: 'absent', name: 'replays' } : { kind: 'equals', name: 'replays', value: replays };
}

async function listJobs(
  table: Table,
  tenant: string,
  { limit, cursor }: { limit: number; cursor?: string },
): ReturnType<JobStore['list']> {
  const startKey = cursor === undefined ? undefined : cursorToKey(tenant, cursor);
  const query = { partition: tenantJobs(tenant), index: BY_TENANT, newestFirst: true, limit: limit + 1, startKey };
  const items: Item[] = [];
  for await (const item of table.query(query)) {
    items.push(item);
    if (items.length > limit) break;
  }
  const jobs = items.slice(0, limit).map(itemToJob);
  const last = jobs.at(-1);
  return { jobs, cursor: items.length > limit && last !== undefined ? jobToCursor(last) : undefined };
}

const cursorSchema = z.tuple([z.iso.datetime(), z.string().regex(/^[0-9a-z]{26}$/)]);

function jobToCursor(job: Job): string {
  return Buffer.from(JSON.stringify([job.createdAt, job.id])).toString('base64url');
}

function cursorToKey(tenant: string, cursor: string): Record<string, string> {
  try {
    const text = Buffer.from(cursor, 'base64url').toString('utf8');
    const [createdAt, id] = cursorSchema.parse(JSON.parse(text));
    return { ...jobKey(tenant, id), tenantJobs: tenantJobs(tenant), createdAtId: `${createdAt}#${id}` };
  } catch (cause) {
    throw new InvalidInput('cursor', 'the cursor is not one of ours', { cause });
  }
}
