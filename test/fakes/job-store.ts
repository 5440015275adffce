import type { Chunk } from '../../lib/domain/chunk.ts';
import { InvalidInput } from '../../lib/domain/errors.ts';
import { type Job, jobSchema } from '../../lib/domain/job.ts';
import type { JobStore, Segment } from '../../lib/ports.ts';

/** Jobs in memory, under the same conditions as in DynamoDB. Like there, absent and undefined are the same. */
export function memoryJobStore(): JobStore & { readonly changes: readonly Job[] } {
  const jobs = new Map<string, Job>();
  const segments = new Map<string, Segment>();
  const failed = new Map<string, Chunk>();
  const judged = new Map<string, Map<number, Segment['judged']>>();
  const deliveries = new Map<string, string>();
  const changes: Job[] = [];
  const nameOf = (tenant: string, jobId: string, ...rest: number[]) => [tenant, jobId, ...rest].join('#');
  const put = (job: Job) => {
    // Through JSON, as a store would: what is undefined is gone, and nobody holds what is stored.
    const stored = jobSchema.parse(JSON.parse(JSON.stringify(job)));
    jobs.set(nameOf(job.tenant, job.id), stored);
    changes.push(stored);
    return structuredClone(stored);
  };
  const change = (tenant: string, jobId: string, number: number, to: (segment: Segment) => Segment): Segment => {
    const name = nameOf(tenant, jobId, number);
    const empty: Segment = {
      segment: number,
      done: new Set(),
      failed: new Map(),
      judged: { accepted: 0, rejected: 0 },
    };
    const changed = to(segments.get(name) ?? empty);
    segments.set(name, changed);
    return structuredClone(changed);
  };

  return {
    changes,
    create: async (job) => {
      if (jobs.has(nameOf(job.tenant, job.id))) return false;
      put(job);
      return true;
    },
    get: async (tenant, jobId) => structuredClone(jobs.get(nameOf(tenant, jobId))),
    update: async (tenant, jobId, from, change, guard = {}) => {
      const job = jobs.get(nameOf(tenant, jobId));
      if (job === undefined || !from.includes(job.state)) return undefined;
      if (guard.absent !== undefined && job[guard.absent] !== undefined) return undefined;
      if (guard.replays !== undefined && (job.replays ?? 0) !== guard.replays) return undefined;
      return put({ ...job, ...change });
    },
    // Nothing expires here.
    keep: async () => {},
    list: async (tenant, { limit, cursor }) => {
      const after = cursor === undefined ? undefined : readCursor(cursor);
      const own = [...jobs.values()]
        .filter((job) => job.tenant === tenant && (after === undefined || orderOf(job) < after))
        .sort((one, other) => (orderOf(one) < orderOf(other) ? 1 : -1));
      const page = own.slice(0, limit);
      const last = page.at(-1);
      const next = own.length > limit && last !== undefined ? writeCursor(orderOf(last)) : undefined;
      return { jobs: structuredClone(page), cursor: next };
    },
    idle: async (before, limit) =>
      [...jobs.values()]
        .filter((job) => !job.announced && job.touchedAt < before)
        .slice(0, limit)
        .map(({ tenant, id }) => ({ tenant, jobId: id })),
    closeSegment: async (tenant, jobId, number, closed) =>
      change(tenant, jobId, number, (segment) => ({ ...segment, closed: segment.closed ?? structuredClone(closed) })),
    chunkDone: async ({ tenant, jobId, segment: number, chunk }, counts) =>
      change(tenant, jobId, number, (segment) => {
        const name = nameOf(tenant, jobId, number);
        const byChunk = (judged.get(name) ?? new Map<number, Segment['judged']>()).set(chunk, counts);
        judged.set(name, byChunk);
        const all = [...byChunk.values()];
        return {
          ...segment,
          done: new Set([...segment.done, chunk]),
          failed: new Map([...segment.failed].filter(([failedChunk]) => failedChunk !== chunk)),
          judged: {
            accepted: all.reduce((sum, { accepted }) => sum + accepted, 0),
            rejected: all.reduce((sum, { rejected }) => sum + rejected, 0),
          },
        };
      }),
    chunkFailed: async (chunk) => {
      const { tenant, jobId, segment: number, chunk: index, replay = 0 } = chunk;
      failed.set(nameOf(tenant, jobId, number, index), structuredClone(chunk));
      return change(tenant, jobId, number, (segment) =>
        segment.done.has(index)
          ? segment
          : {
              ...segment,
              failed: new Map(segment.failed).set(index, Math.max(replay, segment.failed.get(index) ?? 0)),
            },
      );
    },
    failedChunks: async (tenant, jobId) =>
      structuredClone([...failed.values()].filter((chunk) => chunk.tenant === tenant && chunk.jobId === jobId)),
    settleSegment: async (tenant, jobId, number, settled) =>
      change(tenant, jobId, number, (segment) =>
        (segment.settled?.replay ?? -1) < settled.replay ? { ...segment, settled } : segment,
      ),
    segmentRendered: async (tenant, jobId, number, rendered) => {
      change(tenant, jobId, number, (segment) =>
        (segment.rendered?.replay ?? -1) < rendered.replay ? { ...segment, rendered } : segment,
      );
    },
    segment: async (tenant, jobId, number) => structuredClone(segments.get(nameOf(tenant, jobId, number))),
    segments: async (tenant, jobId, from = 0, limit = Number.POSITIVE_INFINITY) =>
      structuredClone(
        [...segments]
          .filter(([name, { segment }]) => name === nameOf(tenant, jobId, segment) && segment >= from)
          .map(([, segment]) => segment)
          .sort((one, other) => one.segment - other.segment)
          .slice(0, limit),
      ),
    deliveryJob: async (tenant, delivery) => deliveries.get(nameOf(tenant, delivery)),
    noteDelivery: async (tenant, delivery, jobId) => {
      deliveries.set(nameOf(tenant, delivery), jobId);
    },
  };
}

function orderOf(job: Job): string {
  return `${job.createdAt}#${job.id}`;
}

function writeCursor(order: string): string {
  return Buffer.from(order).toString('base64url');
}

function readCursor(cursor: string): string {
  const order = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!/^[^#]+#[0-9a-z]{26}$/.test(order)) throw new InvalidInput('cursor', 'the cursor is not one of ours');
  return order;
}
