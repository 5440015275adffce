import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Chunk } from '../../../lib/domain/chunk.ts';
import { LIMITS } from '../../../lib/domain/limits.ts';
import { ingestSource } from '../../../lib/ingest/ingest-source.ts';
import {
  aStage,
  dropped,
  forever,
  header,
  ingestInRuns,
  looks,
  readChunks,
  refusal,
  type Stage,
  sent,
} from './an-ingest-stage.ts';

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
    const again = await ingestSource(stage.ports, job, outcome.from, forever);

    expect(outcome.because).toBe('in-flight');
    expect(first).toBeGreaterThanOrEqual(LIMITS.chunksInFlight);
    expect(again).toMatchObject({ state: 'continue', because: 'in-flight' });
    for (const chunk of sent(stage)) await stage.jobs.chunkDone(chunk, { accepted: 1, rejected: 0 });
    const before = sent(stage).length;
    await ingestSource(stage.ports, job, outcome.from, forever);
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

    expect(await refusal(ingestSource(stage.ports, job, { ...outcome.from, segment: 9 }, looks(0)))).toBe('hopeless');
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
