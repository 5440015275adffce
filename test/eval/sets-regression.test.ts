import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readManifest, severityModel } from '../../lib/inference/manifest.ts';
import { fakeClock } from '../fakes/clock.ts';
import { DEFAULT_DATA } from './all-arguments.ts';
import { declaredPrior } from './data/declared-prior.ts';
import { readSystems } from './data/loghub.ts';
import { EXPECTED_PATH, fallsOf, figuresOf, readExpected } from './expected.ts';
import { dataFiguresOf, missesOf, REACHED, REACHED_ON_DATA } from './goals.ts';
import { manifestScores, REPORT_PATH } from './manifest-scores.ts';
import { type Judge, openJudge } from './open-judge.ts';
import { evaluateAll } from './reporting/evaluate-all.ts';
import { systemsReport } from './reporting/systems.ts';
import { readSets } from './sets.ts';

const MODELS = join(import.meta.dirname, '../../models');
const judge = await openJudge(MODELS, { threads: 1, clock: fakeClock() });
afterAll(() => judge.close());

const prior = await declaredPrior(MODELS);
const aBench = () => ({ prior, resampling: { resamples: 0, seed: 1 }, against: {}, kept: {} });

/** Figures of the committed sets as a judge answers them. */
async function measured(by: Judge) {
  const sets = await readSets(join(import.meta.dirname, 'sets'));
  const { report } = await evaluateAll({
    judge: by,
    bench: aBench(),
    sets,
    modelsFolder: MODELS,
    dataFolder: undefined,
    say: () => {},
  });
  return figuresOf(report);
}

/** Judges the wrong way round, and is sure that every line is an error; asked alone, no stage has anything to say. */
const spoilt: Judge = {
  ...judge,
  stages: new Map([['descriptions', { name: 'zero-shot', costly: false, ask: async () => undefined }]]),
  judge: async (records) =>
    (await judge.judge(records)).map((verdict) => ({
      ...verdict,
      category: 'Error',
      stage: 'embedding' as const,
      anomaly: { ...verdict.anomaly, score: 1 - verdict.anomaly.score },
    })),
};

describe('the shipped models on the committed sets', { timeout: 300_000 }, () => {
  let found: Awaited<ReturnType<typeof measured>>;
  beforeAll(async () => {
    found = await measured(judge);
  }, 300_000);

  it('do as well as was accepted; `npm run eval:all -- --accept` takes new figures', async () => {
    const expected = await readExpected(EXPECTED_PATH);

    expect(fallsOf(expected.figures, found)).toEqual([]);
  });

  it('hold the goals that were reached', () => {
    expect(missesOf(REACHED, found)).toEqual([]);
  });

  it('would fail in every figure if they answered worse', async () => {
    const worse = await measured(spoilt);

    const falls = fallsOf(found, worse).map((fall) => fall.split(' ')[0]);
    const misses = missesOf(REACHED, worse).map((miss) => miss.split(' ')[0]);

    expect(Object.keys(found).filter((name) => !falls.includes(name))).toEqual([]);
    expect(misses).toEqual(Object.keys(REACHED));
  });
});

describe.skipIf(!existsSync(DEFAULT_DATA))("the shipped models on other people's systems", () => {
  it('hold the goal that was reached', { timeout: 120_000 }, async () => {
    const systems = await readSystems(join(DEFAULT_DATA, 'loghub'));

    const { mean } = await systemsReport(judge, aBench(), systems, () => [1, 0]);

    expect(mean.of).toHaveLength(3);
    expect(mean.auc.cascade?.value).toBeGreaterThanOrEqual(REACHED_ON_DATA['systems:auc'] ?? Number.NaN);
  });
});

describe('the committed report', async () => {
  const report: unknown = JSON.parse(await readFile(join(MODELS, REPORT_PATH), 'utf8'));

  it('is where the scores in the manifest are from, and measured the shipped model', async () => {
    const { scores } = severityModel(await readManifest(MODELS));

    expect(scores).toEqual(manifestScores(report));
    expect(scores).toMatchObject({
      model: `${judge.model.id}@${judge.model.version}`,
      prior,
      mixedLines: { auc: expect.any(Number) },
      unseenRepositories: { auc: expect.any(Number) },
    });
  });

  it("holds the goals that were reached on other people's lines", () => {
    expect(missesOf(REACHED_ON_DATA, dataFiguresOf(report))).toEqual([]);
  });
});
