import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { loadEmbeddingModel } from '../../../lib/inference/embedding-model.ts';
import { openEmbeddingWorker } from '../../../lib/inference/open-embedding-worker.ts';
import type { EmbeddingModel } from '../../../lib/ports.ts';
import { HOSTILE_TEXTS } from './hostile-texts.ts';
import { aModelsFolder, MODELS } from './models-folder.ts';

/** The threads that are started from now on to the end of the test. */
function spawnedThreads(): readonly Worker[] {
  const threads: Worker[] = [];
  const keep = (thread: Worker) => threads.push(thread);
  process.on('worker', keep);
  onTestFinished(() => {
    process.off('worker', keep);
  });
  return threads;
}

describe('openEmbeddingWorker', () => {
  let worker: EmbeddingModel;
  beforeAll(async () => {
    worker = await openEmbeddingWorker(MODELS, { threads: 1 });
  });
  afterAll(() => worker.close());

  it('gives the numbers and the name of the model on this thread', async () => {
    const here = await loadEmbeddingModel(MODELS, { threads: 1 });

    const [there, expected] = await Promise.all([worker.embed(HOSTILE_TEXTS), here.embed(HOSTILE_TEXTS)]);

    expect(there).toEqual(expected);
    expect([worker.id, worker.version]).toEqual([here.id, here.version]);
    expect(await worker.embed([])).toEqual([]);
    await here.close();
  });

  it('answers calls made at once each with its own', async () => {
    const [two, one] = await Promise.all([worker.embed(['disk failed', 'ok']), worker.embed(['ok'])]);

    expect(two).toHaveLength(2);
    expect(one).toEqual(two.slice(1));
  });

  it('leaves this thread free while it infers', async () => {
    let ticks = 0;
    const clock = setInterval(() => {
      ticks += 1;
    }, 1);

    await worker.embed(Array.from({ length: 64 }, (_, at) => `request ${at} ${'failed again '.repeat(30)}`));
    clearInterval(clock);

    expect(ticks).toBeGreaterThan(5);
  });

  it('refuses what loading on this thread refuses, with the same sentence', async () => {
    const folder = await aModelsFolder({ files: { 'tokenizer.json': undefined } });

    await expect(openEmbeddingWorker(folder, { threads: 1 })).rejects.toMatchObject({
      kind: 'fault',
      code: 'model-file',
      message: expect.stringMatching(/tokenizer\.json is missing$/),
    });
  });

  // Cause: a thread that died failed every later call for as long as the process lived.
  it('fails the calls that a dying thread holds, and starts another for the next', async () => {
    const threads = spawnedThreads();
    const model = await openEmbeddingWorker(MODELS, { threads: 1 });
    const before = await model.embed(['disk failed']);

    const held = model.embed(['disk failed']);
    const refused = expect(held).rejects.toMatchObject({ kind: 'fault', code: 'model-worker' });
    await threads[0]?.terminate();
    await refused;
    const after = await Promise.all([model.embed(['disk failed']), model.embed(['disk failed'])]);

    expect(after).toEqual([before, before]);
    expect(threads).toHaveLength(2);
    await model.close();
  });

  it('does not take another model for the one whose thread died', async () => {
    const folder = await aModelsFolder();
    const threads = spawnedThreads();
    const model = await openEmbeddingWorker(folder, { threads: 1 });
    const manifest = await readFile(join(folder, 'manifest.json'), 'utf8');

    await writeFile(join(folder, 'manifest.json'), manifest.replace('logsieve-starter', 'another'));
    await threads[0]?.terminate();

    await expect(model.embed(['ok'])).rejects.toThrow('the model was exchanged while its thread was down');
    await model.close();
  });

  it('fails calls after it was closed, and closes twice without harm', async () => {
    const closed = await openEmbeddingWorker(MODELS, { threads: 1 });
    await closed.close();

    await expect(closed.embed(['ok'])).rejects.toThrow('the inference thread has ended');
    await closed.close();
  });
});
