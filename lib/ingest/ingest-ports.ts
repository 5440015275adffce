import type { LineQuota } from '../access/line-quota.ts';
import type { Chunk } from '../domain/chunk.ts';
import type { Job } from '../domain/job.ts';
import type { Clock, JobStore, ObjectStore, Queue, Segment } from '../ports.ts';

export interface IngestPorts {
  readonly objects: ObjectStore;
  readonly jobs: JobStore;
  readonly chunksSmall: Queue<Chunk>;
  readonly chunksBulk: Queue<Chunk>;
  /** `checkSegment` of lib/jobs on its ports. */
  readonly checkSegment: (job: Job, segment: Segment) => Promise<boolean>;
  /** Where a gzip's inflated segments are put. */
  readonly dataBucket: string;
  readonly clock: Clock;
  /** The lines of a chunk against its owner's quota, before it is sent. */
  readonly lines: LineQuota;
}
