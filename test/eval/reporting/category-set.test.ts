import { describe, expect, it } from 'vitest';
import type { LocalStage, StageAnswer } from '../../../lib/cascade/stage.ts';
import { UNCLASSIFIED, type Verdict } from '../../../lib/domain/verdict.ts';
import { nearAsRead } from '../data/near-training.ts';
import type { Judge } from '../open-judge.ts';
import { categorySetReport } from './category-set.ts';

const model = { id: 'words', version: '1' };
const bench = { prior: 0.5, resampling: { resamples: 20, seed: 1 }, against: {}, kept: {} };

/** Settles by the embedding what has the word, and by a rule what begins with a sign. */
const judge: Judge = {
  model,
  version: '1',
  matcher: () => undefined,
  stages: new Map<string, LocalStage>([
    ['descriptions', { name: 'zero-shot', costly: false, ask: async () => answerOf(0.4, false) }],
    [
      'embedding',
      { name: 'embedding', costly: false, ask: async ({ text }) => answerOf(0.9, text.includes('failed')) },
    ],
  ]),
  embed: async () => [],
  close: async () => {},
  judge: async (records) => records.map(({ message }) => aVerdict(message)),
};

function answerOf(confidence: number, sure: boolean): StageAnswer {
  return { stage: 'embedding', category: 'Error', confidence, sure, model };
}

function aVerdict(message: string): Verdict {
  const stage = message.startsWith('!') ? 'rule' : message.includes('failed') ? 'embedding' : 'none';
  return {
    category: stage === 'none' ? UNCLASSIFIED : 'Error',
    confidence: stage === 'none' ? 0 : 0.9,
    anomaly: { score: 0.5, isAnomaly: true, threshold: 0.5 },
    severity: 'info',
    stage,
    model,
    reason: '',
    pattern: message,
    patternId: message,
  };
}

const LINES = [
  ['! disk broken', 'Error'],
  ['copy of the ledger failed', 'Error'],
  ['upload failed as it should', 'User Action'],
  ['sensor at rest', UNCLASSIFIED],
].map(([message = '', label = ''], at) => ({ id: `${at}`, group: `${at}`, record: { source: '', message }, label }));
const bag = { classify: () => [0.6, 0.4], labels: ['Error', 'User Action'] };

describe('categorySetReport', () => {
  it('tells what was learned from what is new, as the sets of anomalies do', async () => {
    const isNear = nearAsRead(['copy of that ledger failed', 'the sensor sleeps']);

    const { report } = await categorySetReport(judge, bench, LINES, { bag, isNear });

    expect(report.parts).toMatchObject({
      'near a training line': { n: 1, scores: { accuracy: { value: 1 } } },
      'apart from training': { n: 3, scores: { accuracy: { value: 2 / 3 }, alarmed: { value: 0 } } },
    });
    expect(report.baselines['bag of words']).toMatchObject({ n: 4, scores: { recall: { value: 2 / 3 } } });
  });

  it('measures each stage where it settled and alone, a choice from descriptions on the lines that have a label', async () => {
    const { report } = await categorySetReport(judge, bench, LINES, undefined);

    expect(report.stages).toMatchObject({
      'settled by embedding': { n: 2, scores: { precision: { value: 0.5 } }, confidence: { auc: { value: 0.5 } } },
      'settled by none': { n: 1, answered: 0 },
      'settled by rule': { n: 1, answered: 1 },
      'embedding alone': { n: 4, answered: 0.5 },
      'descriptions alone': { n: 3, answered: 1 },
    });
    expect([report.parts, report.baselines]).toEqual([{}, {}]);
  });
});
