import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Checkpoint, Chunk } from '../../../lib/domain/chunk.ts';
import { checkpointSchema, chunkSchema } from '../../../lib/domain/chunk.ts';
import { InvalidInput } from '../../../lib/domain/errors.ts';
import type { Job, Pins } from '../../../lib/domain/job.ts';
import { LIMITS } from '../../../lib/domain/limits.ts';
import { segmentTarget } from '../../../lib/ingest/cut-chunks.ts';
import { type IngestPorts, ingestSource } from '../../../lib/ingest/ingest-source.ts';
import { readRows, type SourceRow } from '../../../lib/ingest/row-reader.ts';
import { checkSegment } from '../../../lib/jobs/check-segment.ts';
import { aJob } from '../../factories/jobs.ts';
import { fakeClock } from '../../fakes/clock.ts';
import { memoryJobStore } from '../../fakes/job-store.ts';
import { memoryObjectStore } from '../../fakes/object-store.ts';
import { memoryQueue } from '../../fakes/queue.ts';

const header = 'source,message\n';
const forever = { remainingMs: () => 300_000 };
/** Says that time is up after so many looks at the clock. */
const looks = (count: number) => {
  let left = count;
  return { remainingMs: () => (left-- > 0 ? 300_000 : 0) };
};

function aStage() {
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
  };
  const small = memoryQueue<Chunk>();
  const bulk = memoryQueue<Chunk>();
  return { ports: { ...ports, chunksSmall: small, chunksBulk: bulk }, jobs, finished, small, bulk };
}
type Stage = ReturnType<typeof aStage>;

async function dropped(stage: Stage, body: Uint8Array | string, fields: Partial<Job> = {}, pins: Partial<Pins> = {}) {
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

const sent = (stage: Stage): Chunk[] => [...stage.small.sent, ...stage.bulk.sent].map(({ body }) => body);

async function readChunks(
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
async function ingestInRuns(stage: Stage, job: Job, perRun: () => number) {
  let from: Checkpoint | undefined;
  for (let run = 0; run < 10_000; run++) {
    const outcome = await ingestSource(stage.ports, job, from, looks(perRun()));
    if (outcome.state === 'done') return run;
    from = checkpointSchema.parse(structuredClone(outcome.checkpoint));
  }
  throw new Error('never done');
}

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof InvalidInput) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('ingesting a source', () => {
  it('pins the layout, sends one small chunk, closes the segment and writes the totals', async () => {
    const stage = aStage();
    const job = await dropped(stage, `${header}web,a\n\nweb,"b\nc"\n`, { state: 'awaiting-upload' });

    expect(await ingestSource(stage.ports, job, undefined, forever)).toEqual({ state: 'done' });

    const { source } = job;
    const object = { bucket: 'uploads', key: source?.key, version: source?.version, etag: source?.etag };
    expect(stage.small.sent.map(({ body }) => chunkSchema.parse(body))).toEqual([
      {
        ...{ tenant: 'acme', jobId: job.id, segment: 0, chunk: 0, object, start: 15, end: 32 },
        records: 2,
        firstRow: 1,
        firstLine: 2,
      },
    ]);
    expect(await stage.jobs.get(job.tenant, job.id)).toMatchObject({
      state: 'running',
      layout: { format: 'csv', header: ['source', 'message'] },
      totals: { segments: 1, chunks: 1, records: 2 },
    });
    const segment = await stage.jobs.segment(job.tenant, job.id, 0);
    expect(segment?.closed).toEqual({ object, start: 15, end: 32, chunks: 1, records: 2, firstRow: 1, firstLine: 2 });
    expect(stage.finished.sent).toEqual([]);
  });

  it('a source over 1 MiB goes to the bulk queue in batches with its tenant as group', async () => {
    const stage = aStage();
    const job = await dropped(stage, header + `web,${'x'.repeat(1000)}\n`.repeat(1_100), {}, { chunkRecords: 90 });

    await ingestSource(stage.ports, job, undefined, forever);

    expect(stage.small.sent).toEqual([]);
    expect(stage.bulk.sent.map(({ group, body }) => [group, body.records])).toEqual([
      ...Array.from({ length: 12 }, () => ['acme', 90]),
      ['acme', 20],
    ]);
  });

  it('closes chunks by bytes as well, and segments by weight at the edge of a chunk', async () => {
    const stage = aStage();
    const job = await dropped(stage, header + 'web,0123456789\n'.repeat(10), {}, { chunkBytes: 40, segmentBytes: 300 });

    await ingestSource(stage.ports, job, undefined, forever);

    expect(sent(stage).map(({ segment, chunk, records }) => [segment, chunk, records])).toEqual([
      [0, 0, 2],
      [0, 1, 2],
      [1, 0, 2],
      [1, 1, 2],
      [2, 0, 2],
    ]);
    expect((await stage.jobs.get(job.tenant, job.id))?.totals).toEqual({ segments: 3, chunks: 5, records: 10 });
  });

  it('segments double every 1,250, so that 64 GiB of long lines need fewer than 5,000', () => {
    const { pins } = aJob();
    const targets = Array.from({ length: LIMITS.segments }, (_, segment) => segmentTarget(pins, segment));

    expect(targets[1_249]).toBe(LIMITS.segmentBytes);
    expect(targets[1_250]).toBe(2 * LIMITS.segmentBytes);
    expect(targets.reduce((sum, target) => sum + target, 0)).toBeGreaterThan(4 * LIMITS.uploadBytes);
  });

  it('a header without records makes one empty segment that is whole at once', async () => {
    const stage = aStage();
    const job = await dropped(stage, header);

    await ingestSource(stage.ports, job, undefined, forever);

    expect((await stage.jobs.get(job.tenant, job.id))?.totals).toEqual({ segments: 1, chunks: 0, records: 0 });
    expect((await stage.jobs.segment(job.tenant, job.id, 0))?.closed).toMatchObject({ start: 15, end: 15, chunks: 0 });
    expect(stage.finished.take()).toContainEqual({ tenant: 'acme', jobId: job.id, segment: 0 });
  });

  it('says finished where the workers were done before the totals were known', async () => {
    const stage = aStage();
    const job = await dropped(stage, `${header}web,a\nweb,b\n`, {}, { chunkRecords: 1, segmentBytes: 10 });
    await ingestSource(stage.ports, job, undefined, looks(0)).catch(() => {});
    for (const segment of [0, 1]) {
      const chunk = { segment, chunk: 0, tenant: job.tenant, jobId: job.id };
      await stage.jobs.chunkDone(
        { ...chunk, object: { bucket: '', key: '' }, start: 0, end: 1, records: 1, firstRow: 1, firstLine: 1 },
        { accepted: 1, rejected: 0 },
      );
    }

    await ingestSource(stage.ports, job, undefined, forever);

    expect(stage.finished.take().map(({ segment }) => segment)).toEqual([0, 1, 0, 1]);
  });

  it('every chunk and segment read by itself gives the rows of the whole, in one run or many', async () => {
    const piece = fc.constantFrom(
      '"',
      '""',
      ',',
      '\n',
      '\n',
      '\r\n',
      'a',
      'b,c',
      ' ',
      'x"y,"\n',
      ',"q\nq"\n',
      '\0',
      '",',
    );
    const bodies = fc.array(piece, { maxLength: 80 }).map((parts) => `${header}a,b\n${parts.join('')}`);
    await fc.assert(
      fc.asyncProperty(bodies, fc.integer({ min: 1, max: 4 }), fc.boolean(), async (body, chunkRecords, isGzip) => {
        const pins = { chunkRecords, chunkBytes: 30, segmentBytes: 200 };
        const stage = aStage();
        const job = await dropped(stage, isGzip ? gzipSync(body) : body, { name: isGzip ? 'a.csv.gz' : 'a.csv' }, pins);
        await ingestSource(stage.ports, job, undefined, forever);

        const source = { bucket: 'uploads', key: 'plain' };
        await stage.ports.objects.put('uploads', 'plain', body);
        const whole = await readChunks(stage, job, [
          { object: source, start: header.length, end: Buffer.byteLength(body), firstRow: 1, firstLine: 2 },
        ]);
        const segments = (await stage.jobs.segments(job.tenant, job.id)).flatMap(({ closed }) => closed ?? []);
        expect(await readChunks(stage, job, sent(stage))).toEqual(whole);
        expect(await readChunks(stage, job, segments)).toEqual(whole);
        expect((await stage.jobs.get(job.tenant, job.id))?.totals?.records).toBe(whole.length);
      }),
      { numRuns: 150, seed: 5 },
    );
  });
});

describe('going on where time ran short', () => {
  const lines = Array.from({ length: 900 }, (_, row) => `web,line ${row} ${'x'.repeat(row % 50)}\n`).join('');

  it.each(['big.csv', 'big.csv.gz'])('gives the chunks of one run: %s', async (name) => {
    const pins = { chunkRecords: 7, segmentBytes: 3_000 };
    const body = header + lines;
    const isGzip = name.endsWith('.gz');
    const once = aStage();
    const often = aStage();
    // Incompressible filler makes the gzip arrive in several buffers.
    const filler = Buffer.alloc(900_000, 0)
      .map((_, at) => 97 + ((at * 7919 + (at >> 3) * 104_729) % 26))
      .toString();
    const content = isGzip ? gzipSync(`${body}${filler.replaceAll(/.{40}/g, 'web,$&\n')}`) : body;
    const job = await dropped(once, content, { name }, pins);
    await dropped(often, content, { name }, pins);
    await ingestSource({ ...once.ports, jobs: uncrowded(once) }, job, undefined, forever);

    let run = 0;
    const runs = await ingestInRuns({ ...often, ports: { ...often.ports, jobs: uncrowded(often) } }, job, () =>
      isGzip ? 2 * ++run : 1 + (run++ % 3),
    );

    expect(runs).toBeGreaterThan(1);
    const withoutVersion = (chunks: Chunk[]) => chunks.map(({ object: { key }, ...chunk }) => ({ key, ...chunk }));
    expect(withoutVersion(sent(often))).toEqual(withoutVersion(sent(once)));
    expect(await often.jobs.segments(job.tenant, job.id)).toEqual(await once.jobs.segments(job.tenant, job.id));
  });

  it('waits while enough chunks are in flight, and goes on when they are done', async () => {
    const stage = aStage();
    const job = await dropped(stage, header + lines, {}, { chunkRecords: 1, segmentBytes: 2_000 });

    const outcome = await ingestSource(stage.ports, job, undefined, forever);
    if (outcome.state !== 'continue') throw new Error('did not wait');
    const first = sent(stage).length;
    const again = await ingestSource(stage.ports, job, outcome.checkpoint, forever);

    expect(outcome.because).toBe('in-flight');
    expect(first).toBeGreaterThanOrEqual(LIMITS.chunksInFlight);
    expect(again).toMatchObject({ state: 'continue', because: 'in-flight' });
    for (const chunk of sent(stage)) await stage.jobs.chunkDone(chunk, { accepted: 1, rejected: 0 });
    const before = sent(stage).length;
    await ingestSource(stage.ports, job, outcome.checkpoint, forever);
    expect(sent(stage).length).toBeGreaterThan(before);
  });

  it('a run without time for one chunk is tried again', async () => {
    const stage = aStage();
    const job = await dropped(stage, `${header}web,${'x'.repeat(5_000)}`);

    await expect(ingestSource(stage.ports, job, undefined, looks(0))).rejects.toMatchObject({ kind: 'retryable' });
  });

  it('a gzip that takes all the time for inflating anew is refused', async () => {
    const stage = aStage();
    const job = await dropped(
      stage,
      gzipSync(header + lines),
      { name: 'a.csv.gz' },
      { chunkRecords: 7, segmentBytes: 3_000 },
    );
    const outcome = await ingestSource(stage.ports, job, undefined, looks(0));
    if (outcome.state !== 'continue') throw new Error('was done');

    expect(await refusal(ingestSource(stage.ports, job, { ...outcome.checkpoint, segment: 9 }, looks(0)))).toBe(
      'hopeless',
    );
  });

  it('a job that is over, or was read to its end, is left alone', async () => {
    const stage = aStage();
    const job = await dropped(stage, `${header}web,a\n`);
    await ingestSource(stage.ports, job, undefined, forever);
    const before = sent(stage).length;

    await ingestSource(stage.ports, job, undefined, forever);
    await stage.jobs.update(job.tenant, job.id, ['running'], { state: 'failed' });
    await ingestSource(stage.ports, job, undefined, forever);

    expect(sent(stage).length).toBe(before);
  });
});

describe('refusing a source', () => {
  const zeros = gzipSync(Buffer.alloc(40 * 1024 * 1024, 'x'));
  it.each([
    ['an empty file', '', 'app.csv', 'empty-file'],
    ['a CSV without message column', 'id,host\n1,2\n', 'app.csv', 'no-message-column'],
    ['a zip named .csv', Buffer.from('PK\u0003\u0004'), 'app.csv', 'not-text'],
    ['a .gz that is not gzip', 'source,message\n', 'app.csv.gz', 'not-gzip'],
    ['a gzip of nothing', gzipSync(''), 'app.csv.gz', 'empty-file'],
    [
      'a gzip that ends in the middle',
      gzipSync(header + 'a,b\n'.repeat(999)).subarray(0, -9),
      'app.csv.gz',
      'gzip-truncated',
    ],
    [
      'a damaged gzip',
      Buffer.concat([Buffer.from('1f8b0800', 'hex'), Buffer.alloc(99, 255)]),
      'app.csv.gz',
      'gzip-corrupt',
    ],
    ['a gzip bomb', zeros, 'app.log.gz', 'gzip-bomb'],
  ])('%s is refused', async (_, body, name, code) => {
    const stage = aStage();
    const job = await dropped(stage, body, { name });

    expect(await refusal(ingestSource(stage.ports, job, undefined, forever))).toBe(code);
  });

  it('a file over the limit is refused before it is read', async () => {
    const stage = aStage();
    const job = aJob({ source: { bucket: 'uploads', key: 'none', bytes: LIMITS.uploadBytes + 1 } });

    expect(await refusal(ingestSource(stage.ports, job, undefined, forever))).toBe('too-large');
  });

  it('a job without a source is our fault', async () => {
    await expect(ingestSource(aStage().ports, aJob(), undefined, forever)).rejects.toMatchObject({ kind: 'fault' });
  });

  it('a source that changed while it waited is refused', async () => {
    const stage = aStage();
    const job = await dropped(stage, `${header}web,a\n`);
    const source = { ...job.source, bucket: 'uploads', key: job.source?.key ?? '', bytes: 21, version: undefined };
    await stage.ports.objects.put('uploads', source.key, 'other');

    expect(await refusal(ingestSource(stage.ports, { ...job, source }, undefined, forever))).toBe('object-changed');
  });
});

describe('staging a gzip', () => {
  it('a gzip of several members and one named without .gz are read whole', async () => {
    const stage = aStage();
    const members = Buffer.concat([gzipSync(`${header}web,a\n`), gzipSync('web,b\n')]);
    const job = await dropped(stage, members, { name: 'app.csv' });

    await ingestSource(stage.ports, job, undefined, forever);

    expect((await readChunks(stage, job, sent(stage))).map(({ text }) => text)).toEqual(['web,a', 'web,b']);
    expect(stage.small.sent).toHaveLength(1);
  });

  it('a segment over one part is uploaded in parts; a line of 30 MB is staged as far as it is needed', async () => {
    const stage = aStage();
    const long = `web,${'x'.repeat(30_000_000)}\n`;
    const mixed = createHash('shake256', { outputLength: 7_500 }).update('mixed').digest('base64');
    const rows17MB = `web,${mixed}\n`.repeat(1_700);
    const body = `${header}${rows17MB}${long}web,last\n`;
    const job = await dropped(
      stage,
      gzipSync(body, { level: 1 }),
      { name: 'a.csv.gz' },
      { segmentBytes: 64 * 1024 * 1024 },
    );

    await ingestSource(stage.ports, job, undefined, forever);

    const rows = await readChunks(stage, job, sent(stage));
    expect(rows).toHaveLength(1_702);
    expect(rows.at(-2)).toMatchObject({ row: 1_701, line: 1_702, rejection: 'the line is over 1048576 bytes' });
    expect(rows.at(-1)).toMatchObject({ row: 1_702, line: 1_703, text: 'web,last' });
    const staged = await stage.ports.objects.head({ bucket: 'data', key: `staging/acme/${job.id}/00000` });
    expect(staged?.bytes).toBeLessThan(19_000_000);
  });
});

/** A store whose workers keep up, so that only time ends a run. */
function uncrowded(stage: Stage): Stage['jobs'] {
  const all = new Map([[0, 0]]);
  const done = { has: () => false, size: Number.MAX_SAFE_INTEGER } as unknown as ReadonlySet<number>;
  return {
    ...stage.jobs,
    segments: async () => [{ segment: 0, done, failed: all, judged: { accepted: 0, rejected: 0 } }],
  };
}
