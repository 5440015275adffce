import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { settingsSchema } from '../../infra/cdk/settings.ts';
import { settings as minimal } from '../../infra/config/minimal.ts';
import { idleItems, sumOfIdle } from '../../infra/cost/idle.ts';
import { readMeasures } from '../../infra/cost/measures.ts';
import { costPage } from '../../infra/cost/page.ts';
import { costOfMillion, sumOfMillion } from '../../infra/cost/per-million.ts';
import { resourcesOf } from '../../infra/cost/template.ts';

describe('the cost page', () => {
  it('is what the committed measures, prices and stages come to: `npm run cost` writes it', async () => {
    const page = await readFile(resolve(import.meta.dirname, '../../docs/COST.md'), 'utf8');

    const made = costPage(await readMeasures());

    expect(page).toBe(made);
  });

  it('stays under ten cents for a million lines of which 99 % repeat', async () => {
    const { runs } = await readMeasures();
    const repeating = runs.filter(({ repeated }) => repeated === 0.99);

    const dollars = repeating.map((run) => sumOfMillion(costOfMillion(run, 'x86_64')));

    expect(dollars).toEqual([expect.any(Number)]);
    expect(dollars[0]).toBeLessThan(0.1);
  });

  it('stays under a dollar for an idle month of the stage minimal', async () => {
    const settings = settingsSchema.parse(minimal);

    const items = idleItems(resourcesOf(settings), settings, await readMeasures());

    expect(sumOfIdle(items)).toBeGreaterThan(0.5);
    expect(sumOfIdle(items)).toBeLessThan(1);
  });

  it('multiplies a run to a million lines', async () => {
    const run = {
      repeated: 0.5,
      lines: 1_000,
      patterns: 500,
      sourceBytes: 1e6,
      resultsBytes: 0,
      verdictBytes: 0,
      logBytes: 0,
      cpu: { 'classify-worker': { mainSeconds: 0, otherSeconds: 1.7 } },
      usage: {
        dynamoReadUnits: 0,
        dynamoWriteUnits: 3,
        pageWriteUnits: 2,
        cacheWriteUnits: 1,
        s3Puts: 0,
        s3Gets: 0,
        messages: 0,
        calls: 0,
      },
    };

    const cost = costOfMillion(run, 'x86_64');

    // A second of 3,008 MB, a thousand times; two units of a page, a thousand times.
    expect(cost.judging).toBeCloseTo(1_000 * (3_008 / 1_024) * 0.0000166667, 3);
    expect(cost.pages).toBeCloseTo(2_000 * 0.625e-6, 6);
    expect(cost.otherDynamo).toBe(0);
    expect(cost.keeping).toBeCloseTo(0.023, 4);
  });
});
