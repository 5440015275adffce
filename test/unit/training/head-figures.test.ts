import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { loadEmbeddingModel } from '../../../lib/inference/embedding-model.ts';

/** Wanted of the replaced program's own lines, by templates that the head had not seen, the seven labels with lines enough. */
const LEAST_MAIN = 0.98;
const MODELS = join(import.meta.dirname, '../../../models');
const REMEDY = 'train the head again: npm run train:head, as models/starter/README.md says';

const meansSchema = z.object({ mainLabels: z.int(), mainMacroF1: z.number() });
const figuresSchema = z.object({
  trainedOn: z.string(),
  head: z.object({ coverageAt95: z.number(), macroF1: z.number() }),
  cascade: z.object({
    byFile: z.object({ 'enterprise-logs.train.csv': meansSchema.extend({ outOfFold: meansSchema }) }),
  }),
});

async function readFigures() {
  const file = await readFile(join(MODELS, 'evaluation/head.json'), 'utf8').catch((cause: unknown) => {
    throw new Error(`models/evaluation/head.json cannot be read: ${REMEDY}`, { cause });
  });
  return figuresSchema.parse(JSON.parse(file));
}

describe("the shipped head's figures", () => {
  it('are of the shipped weights, as the head is', async () => {
    const model = await loadEmbeddingModel(MODELS, { threads: 1 });
    await model.close();
    const head = z
      .object({ trainedOn: z.string() })
      .parse(JSON.parse(await readFile(join(MODELS, 'starter/head.json'), 'utf8')));

    const shipped = `${model.id}@${model.version}`;

    expect(head.trainedOn, REMEDY).toBe(shipped);
    expect((await readFigures()).trainedOn, REMEDY).toBe(shipped);
  });

  it('hold the bar of the seven main labels on unseen templates', async () => {
    const { outOfFold } = (await readFigures()).cascade.byFile['enterprise-logs.train.csv'];

    expect(outOfFold.mainLabels).toBe(7);
    expect(outOfFold.mainMacroF1).toBeGreaterThanOrEqual(LEAST_MAIN);
  });
});
