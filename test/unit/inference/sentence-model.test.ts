import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readManifest } from '../../../lib/inference/manifest.ts';
import { meanOfTokens } from '../../../lib/inference/mean-pooling.ts';
import { scanGraph } from '../../../lib/inference/scan-graph.ts';
import { loadSentenceModel } from '../../../lib/inference/sentence-model.ts';
import { MODELS, NLI_TINY } from './models-folder.ts';

describe('meanOfTokens', () => {
  it('is the mean of the tokens, padding left out, of length 1', () => {
    const hidden = Float32Array.of(3, 0, 3, 8, 99, 99);

    expect(Array.from(meanOfTokens(hidden, 2, 2), (value) => Number(value.toFixed(6)))).toEqual([0.6, 0.8]);
    expect(meanOfTokens(new Float32Array(4), 2, 2)).toEqual(new Float32Array(2));
  });
});

describe('loadSentenceModel', () => {
  it('reads a text alone as it does among neighbours, on this thread or on threads of their own', async () => {
    const [starter] = (await readManifest(MODELS)).models;
    if (starter?.task !== 'embedding') throw new Error('no starter');
    const folder = join(MODELS, 'starter');
    const texts = ['disk failed', 'user alice logged in from 10.0.0.12', 'ok', 'x '.repeat(500)];
    const here = await loadSentenceModel(folder, starter, { threads: 1 });
    const elsewhere = await loadSentenceModel(folder, { ...starter, quantisation: 'dynamic' }, { threads: 2 });

    const [batched, single] = [await here.embed(texts), await elsewhere.embed(texts)];

    expect(single.map(({ truncated }) => truncated)).toEqual([false, false, false, true]);
    for (const [index, text] of texts.entries()) {
      expect(await elsewhere.embed([text])).toEqual([single[index]]);
      expect(single[index]?.severityLogits).toEqual(batched[index]?.severityLogits);
    }
    await here.close();
    await elsewhere.close();
  });

  it('refuses a manifest without digests, and one of other dimensions', async () => {
    const [starter] = (await readManifest(MODELS)).models;
    if (starter?.task !== 'embedding') throw new Error('no starter');
    const folder = join(MODELS, 'starter');
    const config = { path: 'config.json' };
    const unpinned = { ...starter, files: { ...starter.files, config } };
    const wide = await loadSentenceModel(folder, { ...starter, dimensions: 512 }, { threads: 1 });

    await expect(loadSentenceModel(folder, unpinned, { threads: 1 })).rejects.toThrow(
      "gives no sha256 and size of logsieve-starter's config.json",
    );
    await expect(wide.embed(['ok'])).rejects.toThrow("the model's output embedding is not 512 wide");
    await wide.close();
  });
});

describe('scanGraph', () => {
  it('tells how the weights are kept', async () => {
    const of = (path: string) => scanGraph(path);

    expect(await of(join(MODELS, 'starter/model.onnx'))).toMatchObject({
      quantisation: 'static',
      hasSeverityLogits: true,
    });
    expect(await of(join(NLI_TINY, 'model.onnx'))).toMatchObject({ quantisation: 'none', hasSeverityLogits: false });
    expect(await of('test/fixtures/nli-tiny-int8/model.onnx')).toMatchObject({ quantisation: 'dynamic' });
    await expect(of('no-such-file.onnx')).rejects.toThrow('cannot be read');
  });
});

describe('the manifest', () => {
  it('lists the starter with all digests, and what is known of published models', async () => {
    const { models } = await readManifest(MODELS);

    expect(models.map(({ id }) => id)).toEqual([
      'logsieve-starter',
      'all-MiniLM-L6-v2',
      'all-MiniLM-L6-v2-fp32',
      'deberta-v3-base-zeroshot-v2.0',
      'deberta-v3-base-zeroshot-v2.0-int8',
      'deberta-v3-xsmall-zeroshot-v1.1-all-33',
    ]);
    for (const entry of models.slice(1)) {
      expect(entry.folder).toBeUndefined();
      expect(entry.revision).toMatch(/^[0-9a-f]{40}$/);
    }
  });
});
