import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadEmbeddingModel } from '../../../lib/inference/embedding-model.ts';
import { openEmbeddingWorker } from '../../../lib/inference/open-embedding-worker.ts';
import type { EmbeddingModel } from '../../../lib/ports.ts';
import { HOSTILE_TEXTS } from './hostile-texts.ts';
import { aModelsFolder, MODELS } from './models-folder.ts';

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

  it('fails calls after it was closed, and closes twice without harm', async () => {
    const closed = await openEmbeddingWorker(MODELS, { threads: 1 });
    await closed.close();

    await expect(closed.embed(['ok'])).rejects.toThrow('the embedding thread has ended');
    await closed.close();
  });
});
