import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunkSchema } from '../../../lib/domain/chunk.ts';
import { LIMITS } from '../../../lib/domain/limits.ts';
import { segmentTarget } from '../../../lib/ingest/cut-chunks.ts';
import { ingestSource } from '../../../lib/ingest/ingest-source.ts';
import { aJob } from '../../factories/jobs.ts';
import { aStage, dropped, forever, header, looks, readChunks, refusal, sent } from './an-ingest-stage.ts';

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
