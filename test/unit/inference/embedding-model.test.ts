import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { SEVERITIES } from '../../../lib/domain/severity.ts';
import { loadEmbeddingModel } from '../../../lib/inference/embedding-model.ts';
import { encodeAsReference, loadTokenizer } from '../../../lib/inference/text-tokenizer.ts';
import type { Embedded, EmbeddingModel } from '../../../lib/ports.ts';
import { HOSTILE_TEXTS, seededRandom } from './hostile-texts.ts';
import { aModelsFolder, described, MODELS } from './models-folder.ts';

const goldenSchema = z.object({
  text: z.string(),
  input_ids: z.array(z.int()),
  embedding: z.array(z.number()).length(384),
  severity_logits: z.array(z.number()).length(SEVERITIES.length),
});

/** Promised for kernels as those that wrote the golden values; elsewhere a float may fall on the other side of an int8 step. */
const PROMISED = process.arch === 'x64' ? { logit: 1e-4, cosine: 0.9999 } : { logit: 0.05, cosine: 0.999 };

/** The largest distance between two numbers at the same place. */
function largestGap(found: ArrayLike<number>, wanted: readonly number[]): number {
  return Math.max(...wanted.map((value, at) => Math.abs(value - (found[at] ?? Number.NaN))));
}

describe('loadEmbeddingModel', () => {
  let model: EmbeddingModel;
  beforeAll(async () => {
    model = await loadEmbeddingModel(MODELS, { threads: 2 });
  });
  afterAll(() => model.close());

  it('gives the golden ids and outputs', async () => {
    const lines = (await readFile(join(MODELS, 'starter', 'golden.jsonl'), 'utf8')).trim().split('\n');
    const golden = lines.map((line) => goldenSchema.parse(JSON.parse(line)));
    const tokenizer = await loadTokenizer(join(MODELS, 'starter', 'tokenizer.json'));
    const asReference = await loadEmbeddingModel(MODELS, { threads: 1, reading: 'reference' });

    const answers = await asReference.embed(golden.map(({ text }) => text));
    const ids = golden.map(({ text }) => encodeAsReference(tokenizer, text, 128).ids);

    expect(ids).toEqual(golden.map(({ input_ids }) => input_ids));
    for (const [index, row] of golden.entries()) {
      const { embedding = [], severityLogits = [] } = answers[index] ?? {};
      expect(largestGap(severityLogits, row.severity_logits)).toBeLessThanOrEqual(PROMISED.logit);
      const cosine = row.embedding.reduce((dot, value, at) => dot + value * (embedding[at] ?? 0), 0);
      expect(cosine).toBeGreaterThan(PROMISED.cosine);
    }
    await asReference.close();
  });

  it('answers in the order asked, with unit-length embeddings, and says what it cut', async () => {
    const answers = await model.embed(['x '.repeat(500_000), 'user logged in', '']);

    expect(answers.map(({ truncated }) => truncated)).toEqual([true, false, false]);
    for (const { embedding, severityLogits } of answers) {
      expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
      expect(severityLogits).toHaveLength(SEVERITIES.length);
    }
    expect(await model.embed([])).toEqual([]);
  });

  it('reads head and tail of a long text and nothing between', async () => {
    const filler = 'request served '.repeat(200);
    const [plain, head, tail, middle] = await model.embed([
      `${filler}${filler}`,
      `kernel panic ${filler}${filler}`,
      `${filler}${filler} kernel panic`,
      `${filler}kernel panic ${filler}`,
    ]);

    expect(head?.severityLogits).not.toEqual(plain?.severityLogits);
    expect(tail?.severityLogits).not.toEqual(plain?.severityLogits);
    expect(middle).toEqual(plain);
  });

  it('gives a text bit-equal logits and embedding alone and in 50 random batches of hostile neighbours', async () => {
    const random = seededRandom(11);
    const alone: Embedded[] = [];
    for (const text of HOSTILE_TEXTS) alone.push(...(await model.embed([text])));

    for (let round = 0; round < 50; round += 1) {
      const picks = Array.from({ length: 1 + Math.floor(random() * 12) }, () => Math.floor(random() * alone.length));
      const together = await model.embed(picks.map((pick) => HOSTILE_TEXTS[pick] ?? ''));

      expect(together).toEqual(picks.map((pick) => alone[pick]));
    }
  });

  it('gives the same numbers with one thread as with two', async () => {
    const single = await loadEmbeddingModel(MODELS, { threads: 1 });

    const [one, two] = [await single.embed(HOSTILE_TEXTS), await model.embed(HOSTILE_TEXTS)];

    expect(one).toEqual(two);
    await single.close();
  });

  it('names its version by manifest and content', () => {
    expect(model.id).toBe('logsieve-starter');
    expect(model.version).toMatch(/^\d{4}-\d\d-\d\d\.[0-9a-f]{8}$/);
  });
});

describe('loadEmbeddingModel refuses', () => {
  const load = (folder: string) => loadEmbeddingModel(folder, { threads: 1 });

  it('a file that is missing', async () => {
    const folder = await aModelsFolder({ files: { 'tokenizer.json': undefined } });

    await expect(load(folder)).rejects.toThrow(/starter\/tokenizer\.json is missing$/);
  });

  it('a truncated model', async () => {
    const whole = await readFile(join(MODELS, 'starter', 'model.onnx'));
    const folder = await aModelsFolder({ files: { 'model.onnx': whole.subarray(0, 10_000) } });

    await expect(load(folder)).rejects.toThrow(/model\.onnx has 10000 bytes, its manifest says \d+$/);
  });

  it('a file of the right size with other content', async () => {
    const config = await readFile(join(MODELS, 'starter', 'config.json'), 'utf8');
    const folder = await aModelsFolder({ files: { 'config.json': config.replace('384', '385') } });

    await expect(load(folder)).rejects.toThrow(/config\.json has sha256 [0-9a-f]{64}, its manifest says [0-9a-f]{64}$/);
  });

  it('labels in another order', async () => {
    const labels = [...SEVERITIES].reverse();
    const folder = await aModelsFolder({ manifest: (entry) => ({ ...entry, labels }) });

    await expect(load(folder)).rejects.toMatchObject({ kind: 'fault', code: 'model-labels' });
    await expect(load(folder)).rejects.toThrow(/manifest\.json gives logsieve-starter the labels critical, error/);
  });

  it('a listed file that is no ONNX model', async () => {
    const garbage = 'not a graph';
    const folder = await aModelsFolder({
      files: { 'model.onnx': garbage },
      manifest: (entry) => ({ ...entry, files: { ...Object(entry.files), model: described('model.onnx', garbage) } }),
    });

    await expect(load(folder)).rejects.toThrow(/model\.onnx cannot be loaded as an ONNX model$/);
  });

  it('a model with other outputs', async () => {
    const other = await readFile('test/fixtures/nli-tiny/model.onnx');
    const folder = await aModelsFolder({
      files: { 'model.onnx': other },
      manifest: (entry) => ({ ...entry, files: { ...Object(entry.files), model: described('model.onnx', other) } }),
    });

    await expect(load(folder)).rejects.toThrow(/is no model of this kind: lacks embedding, lacks severity_logits$/);
  });

  it('a manifest without the model, with two of it, or of another shape', async () => {
    const none = await aModelsFolder({
      manifest: ({ labels, pooling, dimensions, ...rest }) => ({ ...rest, task: 'entailment', tokenizer: 'unigram' }),
    });
    const escaping = await aModelsFolder({ manifest: (entry) => ({ ...entry, folder: '../elsewhere' }) });

    await expect(load(none)).rejects.toThrow('exactly one model of the task "embedding"');
    await expect(load(escaping)).rejects.toThrow(/manifest\.json is no model manifest: models\.0\.folder/);
    await expect(load('no-such-folder')).rejects.toThrow('no-such-folder/manifest.json cannot be read');
  });
});
