import { softmax } from '../../../lib/cascade/softmax.ts';
import { FIRST_ANOMALOUS } from '../../../lib/domain/severity.ts';
import type { Verdict } from '../../../lib/domain/verdict.ts';
import { maskRecord } from '../../../lib/masking/mask-record.ts';
import type { BagOfWords } from '../baselines/bag-of-words.ts';
import { keywordProbability } from '../baselines/keyword-rule.ts';
import { levelProbability } from '../baselines/level-column.ts';
import type { NearTraining } from '../data/near-training.ts';
import { scoresOf } from '../metrics/anomaly-scores.ts';
import type { Judge } from '../open-judge.ts';
import type { AnomalyRow } from '../sets.ts';
import { LEVEL, MESSAGE, type Variant, WRAPPED } from '../variants.ts';
import { type Bench, type MeasuredLines, measureLines, type ScoredLine } from './bench.ts';

/** One of our own sets: every variant through the cascade, the model alone and the baselines on the bare text. */
export async function anomalySetReport(
  judge: Judge,
  bench: Bench,
  name: string,
  rows: readonly AnomalyRow[],
  bag: BagOfWords,
  isNear: NearTraining,
) {
  const measured = (variant: Variant, verdicts: readonly Verdict[]) =>
    measureLines(bench, `${name}/${variant.name}`, scored(rows, verdicts));
  const verdicts = await judge.judge(rows.map(MESSAGE.recordOf));
  const variants: Record<string, MeasuredLines> = { [MESSAGE.name]: measured(MESSAGE, verdicts) };
  for (const variant of [LEVEL, ...WRAPPED])
    variants[variant.name] = measured(variant, await judge.judge(rows.map(variant.recordOf)));
  const alone = await severityAlone(judge, rows);
  return {
    lines: scored(rows, verdicts),
    bagLines: scoredBy(rows, ({ message }) => bag(message)[1] ?? 0),
    report: {
      variants,
      stages: {
        'severity model alone': measureLines(
          bench,
          `${name}/model`,
          scoredBy(rows, (_, at) => alone[at] ?? 0),
        ),
        ...byStage(bench, name, rows, verdicts),
      },
      baselines: baselinesOf(bench, name, rows, bag),
      severityAccuracy: shareOf(rows, (row, at) => verdicts[at]?.severity === row.severity),
      parts: partsOf(rows, verdicts, isNear),
      wrong: wrongOf(rows, verdicts),
    },
  };
}

function scored(rows: readonly AnomalyRow[], verdicts: readonly Verdict[]): readonly ScoredLine[] {
  return scoredBy(rows, (_, at) => verdicts[at]?.anomaly.score ?? 0);
}

function scoredBy(rows: readonly AnomalyRow[], probability: (row: AnomalyRow, at: number) => number) {
  return rows.map((row, at) => ({
    id: row.id,
    group: row.id,
    probability: probability(row, at),
    outcome: row.truth === 'anomaly',
  }));
}

/** P(warn) + P(error) + P(critical) of the canonical text, before level and evidence are heard. */
async function severityAlone(judge: Judge, rows: readonly AnomalyRow[]): Promise<readonly number[]> {
  const embedded = await judge.embed(rows.map((row) => maskRecord(MESSAGE.recordOf(row)).canonical));
  return embedded.map(({ severityLogits }) =>
    softmax(severityLogits)
      .slice(FIRST_ANOMALOUS)
      .reduce((sum, p) => sum + p, 0),
  );
}

/** The lines whose category each stage settled: the score is one for all, but its inputs differ (a rule may state the severity). */
function byStage(bench: Bench, name: string, rows: readonly AnomalyRow[], verdicts: readonly Verdict[]) {
  const lines = scored(rows, verdicts);
  const stages = [...new Set(verdicts.map(({ stage }) => stage))].sort();
  return Object.fromEntries(
    stages.map((stage) => [
      `settled by ${stage}`,
      measureLines(
        bench,
        `${name}/stage-${stage}`,
        lines.filter((_, at) => verdicts[at]?.stage === stage),
      ),
    ]),
  );
}

function baselinesOf(bench: Bench, name: string, rows: readonly AnomalyRow[], bag: BagOfWords) {
  const baseline = (key: string, probability: (row: AnomalyRow) => number) =>
    measureLines(bench, `${name}/${key}`, scoredBy(rows, probability));
  return {
    'keyword rule': baseline('keyword', ({ message }) => keywordProbability(message)),
    'bag of words': baseline('bag', ({ message }) => bag(message)[1] ?? 0),
    'level column': baseline('level-column', ({ level }) => levelProbability(level)),
    'always normal': baseline('always-normal', () => 0),
  };
}

interface PartScores {
  readonly n: number;
  readonly f1: number;
  readonly auc: number;
  readonly precision: number;
  readonly recall: number;
}

/** Scores of the message alone, by area, by language, by whether words and truth point different ways and whether a training line is near. */
function partsOf(rows: readonly AnomalyRow[], verdicts: readonly Verdict[], isNear: NearTraining) {
  const lines = scored(rows, verdicts);
  const names = rows.map(({ area, language, hard, message }) => [
    area,
    language,
    hard === 'yes' ? 'hard' : 'plain',
    isNear(message) ? 'near a training line' : 'apart from training',
  ]);
  const parts = [...new Set(names.flat())].filter((part): part is string => part !== undefined && part !== '').sort();
  const scores: Record<string, PartScores> = {};
  for (const part of parts) {
    const inside = lines.filter((_, at) => names[at]?.includes(part));
    const { f1, auc, precision, recall } = scoresOf(inside);
    scores[part] = { n: inside.length, f1, auc, precision, recall };
  }
  return scores;
}

function wrongOf(rows: readonly AnomalyRow[], verdicts: readonly Verdict[]) {
  return rows.flatMap(({ id, truth }, at) => {
    const { score = 0, isAnomaly = false } = verdicts[at]?.anomaly ?? {};
    return isAnomaly === (truth === 'anomaly') ? [] : [{ id, truth, score }];
  });
}

function shareOf(rows: readonly AnomalyRow[], holds: (row: AnomalyRow, at: number) => boolean): number {
  return rows.filter(holds).length / rows.length;
}
