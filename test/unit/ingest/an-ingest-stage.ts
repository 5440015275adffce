import type { Checkpoint, Chunk } from '../../../lib/domain/chunk.ts';
import { checkpointSchema } from '../../../lib/domain/chunk.ts';
import { InvalidInput } from '../../../lib/domain/errors.ts';
import type { Job, Pins } from '../../../lib/domain/job.ts';
import { type IngestPorts, ingestSource } from '../../../lib/ingest/ingest-source.ts';
import { readRows, type SourceRow } from '../../../lib/ingest/row-reader.ts';
import { checkSegment } from '../../../lib/jobs/check-segment.ts';
import { aJob } from '../../factories/jobs.ts';
import { fakeClock } from '../../fakes/clock.ts';
import { memoryJobStore } from '../../fakes/job-store.ts';
import { endlessLines } from '../../fakes/line-quota.ts';
import { memoryObjectStore } from '../../fakes/object-store.ts';
import { memoryQueue } from '../../fakes/queue.ts';

export const header = 'source,message\n';
export const forever = { remainingMs: () => 300_000 };
/** Says that time is up after so many looks at the clock. */
export const looks = (count: number) => {
  let left = count;
  return { remainingMs: () => (left-- > 0 ? 300_000 : 0) };
};

export function aStage() {
  const clock = fakeClock();
  const jobs = memoryJobStore();
  const finished = memoryQueue<{ tenant: string; jobId: string; segment: number }>();
  const ports: IngestPorts = {
    objects: memoryObjectStore(clock, ['uploads']),
    jobs,
    chunksSmall: memoryQueue<Chunk>(),
    chunksBulk: memoryQueue<Chunk>(),
    checkSegment: (job, segment) => checkSegment({ finished }, job, segment),
    dataBucket: 'data',
    clock,
    lines: endlessLines,
  };
  const small = memoryQueue<Chunk>();
  const bulk = memoryQueue<Chunk>();
  return { ports: { ...ports, chunksSmall: small, chunksBulk: bulk }, jobs, finished, small, bulk };
}
export type Stage = ReturnType<typeof aStage>;

export async function dropped(
  stage: Stage,
  body: Uint8Array | string,
  fields: Partial<Job> = {},
  pins: Partial<Pins> = {},
) {
  const name = fields.name ?? 'app.csv';
  const key = `incoming/acme/${name}`;
  await stage.ports.objects.put('uploads', key, body);
  const info = await stage.ports.objects.head({ bucket: 'uploads', key });
  const job = aJob({
    ...{ layout: undefined, pins: { ...aJob().pins, ...pins }, ...fields },
    source: { bucket: 'uploads', key, version: info?.version, etag: info?.etag, bytes: Buffer.from(body).length },
  });
  await stage.jobs.create(job);
  return job;
}

export const sent = (stage: Stage): Chunk[] => [...stage.small.sent, ...stage.bulk.sent].map(({ body }) => body);

export async function readChunks(
  stage: Stage,
  job: Job,
  chunks: readonly Pick<Chunk, 'object' | 'start' | 'end' | 'firstRow' | 'firstLine'>[],
) {
  const { layout } = (await stage.jobs.get(job.tenant, job.id)) ?? {};
  if (layout === undefined) throw new Error('no layout');
  const rows: SourceRow[] = [];
  for (const { object, start, end, firstRow, firstLine } of chunks) {
    const bytes = await stage.ports.objects.read(object, { start, end });
    for await (const batch of readRows(layout, bytes, { row: firstRow, line: firstLine })) rows.push(...batch);
  }
  return rows;
}

/** Ingests to the end, each run for so many looks at the clock. */
export async function ingestInRuns(stage: Stage, job: Job, perRun: () => number) {
  let from: Checkpoint | undefined;
  for (let run = 0; run < 10_000; run++) {
    const outcome = await ingestSource(stage.ports, job, from, looks(perRun()));
    if (outcome.state === 'done') return run;
    from = checkpointSchema.parse(structuredClone(outcome.from));
  }
  throw new Error('never done');
}

export async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof InvalidInput) return error.code;
    throw error;
  }
  return 'accepted';
}
