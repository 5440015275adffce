import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fitMismatch, scoreFileSchema } from '../../../lib/cascade/content-score.ts';
import { openCascade } from '../../../lib/cascade/open-cascade.ts';
import { readSettingsFile } from '../../../lib/cascade/settings.ts';
import { loadEmbeddingModel } from '../../../lib/inference/embedding-model.ts';
import { MASKING_VERSION, maskRecord } from '../../../lib/masking/mask-record.ts';
import { badnessOf, linesByPair, readScorePairs } from '../../../models/training/score-lines.ts';
import { fakeClock } from '../../fakes/clock.ts';

/** Pairs of each kind that must be in order. The words of some are beyond the model: score.json names those it was not fitted on. */
const LEAST_IN_ORDER = 40;
const KINDS = [
  'http-status',
  'exit-code',
  'percent',
  'ratio',
  'zero-errors',
  'error-word-benign',
  'level-given',
  'inline-level',
  'stack',
];
const MODELS = join(import.meta.dirname, '../../../models');

const cascade = await openCascade({ modelsFolder: MODELS, threads: 1, clock: fakeClock() });
const lines = await readScorePairs();
const decisions = await cascade.decide(
  'acme',
  lines.map(({ text, level }) => maskRecord({ source: '', message: text, level })),
);
const pairs = linesByPair(lines.map((line, at) => ({ ...line, score: decisions[at]?.score ?? Number.NaN })));
afterAll(() => cascade.close());

describe('the content score of the shipped model and coefficients', () => {
  it.each(KINDS)(`puts the worse line above the other in at least ${LEAST_IN_ORDER} pairs of kind %s`, (kind) => {
    const own = [...pairs.values()].filter(([line]) => line?.kind === kind);

    const wrong = own.filter(([fine, worse]) => !(fine && worse && worse.score > fine.score));

    expect(own.length).toBeGreaterThanOrEqual(60);
    expect(own.length - wrong.length, wrong.flat().map(describeLine).join('\n')).toBeGreaterThanOrEqual(LEAST_IN_ORDER);
  });

  it('has pairs of two lines, one of them worse', () => {
    const unclear = [...pairs.values()].filter(
      ([fine, worse, more]) => !(fine && worse && more === undefined && badnessOf(worse) > badnessOf(fine)),
    );

    expect(unclear).toEqual([]);
  });

  it('was fitted for these weights; a warning where it was not, for it still orders lines', async ({ annotate }) => {
    const { fit } = await readSettingsFile(join(MODELS, 'score.json'), 'score', scoreFileSchema);
    const model = await loadEmbeddingModel(MODELS, { threads: 1 });
    await model.close();

    const mismatch = fitMismatch(fit, { model: `${model.id}@${model.version}`, masking: MASKING_VERSION });

    if (mismatch !== undefined) {
      console.warn(mismatch);
      await annotate(mismatch, 'warning');
    }
    expect(fit.model).toMatch(/^[\w-]+@./);
  });
});

function describeLine({ text, score }: { text: string; score: number }): string {
  return `${score.toFixed(3)} ${text}`;
}
