import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { fitMismatch, scoreFileSchema } from '../../../lib/cascade/content-score.ts';
import { openCascade } from '../../../lib/cascade/open-cascade.ts';
import { readSettingsFile } from '../../../lib/cascade/settings.ts';
import type { LogRecord } from '../../../lib/domain/record.ts';
import { loadEmbeddingModel } from '../../../lib/inference/embedding-model.ts';
import { MASKING_VERSION, maskRecord } from '../../../lib/masking/mask-record.ts';
import { badnessOf, linesByPair, type PairLine, readScorePairs } from '../../../models/training/score-lines.ts';
import { readCsv } from '../../eval/read-csv.ts';
import { WRAPPINGS, wrap } from '../../eval/wrappings.ts';
import { fakeClock } from '../../fakes/clock.ts';

/** Pairs of each kind that must be in order, and the share of those there are. */
const LEAST_IN_ORDER = 40;
const LEAST_SHARE = 0.93;
/** The words of some are beyond the model. */
const LEAST_SHARE_OF: ReadonlyMap<string, number> = new Map([
  ['error-word-benign', 0.9],
  ['another language', 0.85],
]);
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
/** Languages besides English that the model was made for. */
const LANGUAGES = ['de', 'es', 'fr', 'it', 'ja', 'pt', 'ru', 'zh'];
const MODELS = join(import.meta.dirname, '../../../models');
const PAIRS = 'score-pairs.csv';

const cascade = await openCascade({ modelsFolder: MODELS, threads: 1, clock: fakeClock() });
const lines = await readScorePairs();
const rows = await readCsv(join(MODELS, 'training/lines', PAIRS), z.object({ pair: z.string(), language: z.string() }));
const languageOf = new Map(rows.map(({ pair, language }) => [`${PAIRS}/${pair}`, language]));
afterAll(() => cascade.close());

type Pair = readonly (PairLine & { readonly score: number })[];

/** The pairs with the score of each line as it reaches the service. */
async function scoredPairs(recordOf: (line: PairLine) => LogRecord): Promise<readonly Pair[]> {
  const decisions = await cascade.decide(
    'acme',
    lines.map((line) => maskRecord(recordOf(line))),
  );
  const scored = lines.map((line, at) => ({ ...line, score: decisions[at]?.score ?? Number.NaN }));
  return [...linesByPair(scored).values()];
}

const pairs = await scoredPairs(({ text, level }) => ({ source: '', message: text, level }));

/** Two lines of a pair get the same 22 fields. */
function behindManyFields({ pair, text, level }: PairLine): LogRecord {
  const wrapping = WRAPPINGS['json-many'] ?? (({ message }) => message);
  return { source: '', message: wrap(wrapping, { id: pair, source: 'orders', level: level ?? '', message: text }) };
}

/** Holds enough pairs in order; those that are not are named. */
function expectOrder(kind: string, own: readonly Pair[]): void {
  const wrong = own.filter(([fine, worse]) => !(fine && worse && worse.score > fine.score));
  const wanted = Math.max(LEAST_IN_ORDER, Math.ceil((LEAST_SHARE_OF.get(kind) ?? LEAST_SHARE) * own.length));
  const named = wrong.flat().map(({ text, score }) => `${score.toFixed(3)} ${text}`);
  expect(own.length - wrong.length, named.join('\n')).toBeGreaterThanOrEqual(wanted);
}

const ofKind = (all: readonly Pair[], kind: string) => all.filter(([line]) => line?.kind === kind);

describe('the content score of the shipped model and coefficients', () => {
  it.each(KINDS)('puts the worse line above the other in nearly all pairs of kind %s', (kind) => {
    expectOrder(kind, ofKind(pairs, kind));
  });

  // The JSON states a level of its own for both lines of a pair, which may speak against the one in the line.
  const wrapped = KINDS.filter((kind) => kind !== 'inline-level');

  it('does so behind 22 JSON fields in each kind', async () => {
    const behind = await scoredPairs(behindManyFields);

    for (const kind of wrapped) expectOrder(kind, ofKind(behind, kind));
  });

  it('does so in eight languages besides English', () => {
    const foreign = pairs.filter(([line]) => languageOf.get(line?.pair ?? '') !== 'en');

    expect([...new Set(foreign.map(([line]) => languageOf.get(line?.pair ?? '')))].sort()).toEqual(LANGUAGES);
    expectOrder('another language', foreign);
  });

  it('has pairs of two lines, one of them worse', () => {
    const unclear = pairs.filter(
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
