import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readManifest, severityModel } from '../../lib/inference/manifest.ts';
import { fakeClock } from '../fakes/clock.ts';
import { declaredPrior } from './data/declared-prior.ts';
import { EXPECTED_PATH, fallsOf, figuresOf, readExpected } from './expected.ts';
import { manifestScores, REPORT_PATH } from './manifest-scores.ts';
import { openJudge } from './open-judge.ts';
import { evaluateAll } from './reporting/evaluate-all.ts';
import { readSets } from './sets.ts';

const MODELS = join(import.meta.dirname, '../../models');
const judge = await openJudge(MODELS, { threads: 1, clock: fakeClock() });
afterAll(() => judge.close());

describe('the shipped models on the committed sets', () => {
  it('do as well as was accepted; `npm run eval:all -- --accept` takes new figures', { timeout: 300_000 }, async () => {
    const expected = await readExpected(EXPECTED_PATH);
    const sets = await readSets(join(import.meta.dirname, 'sets'));
    const bench = { prior: 0.5, resampling: { resamples: 0, seed: 1 }, against: {}, kept: {} };

    const { report } = await evaluateAll({
      judge,
      bench,
      sets,
      modelsFolder: MODELS,
      dataFolder: undefined,
      say: () => {},
    });

    expect(fallsOf(expected.figures, figuresOf(report))).toEqual([]);
  });
});

describe("the manifest's scores", () => {
  it('are those of the committed report, which measured the shipped model', async () => {
    const { scores } = severityModel(await readManifest(MODELS));
    const report: unknown = JSON.parse(await readFile(join(MODELS, REPORT_PATH), 'utf8'));

    expect(scores).toEqual(manifestScores(report));
    expect(scores).toMatchObject({
      model: `${judge.model.id}@${judge.model.version}`,
      prior: (await declaredPrior(MODELS)).prior,
      mixedLines: { auc: expect.any(Number) },
      unseenRepositories: { auc: expect.any(Number) },
    });
  });
});

describe('fallsOf', () => {
  it('says what fell too far, which way round a figure counts, and what is gone', () => {
    const expected = { 'a:f1': 0.9, 'b:f1': 0.9, 'c:ece': 0.05, 'd:ece': 0.05, 'e:auc': 0.9 };

    const falls = fallsOf(expected, { 'a:f1': 0.89, 'b:f1': 0.8, 'c:ece': 0.2, 'd:ece': 0.01 });

    expect(falls.map((fall) => fall.split(' ')[0])).toEqual(['b:f1', 'c:ece', 'e:auc']);
  });
});
