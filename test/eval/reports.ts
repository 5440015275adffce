import { scoreLabels } from '../../lib/cascade/training/label-scores.ts';
import { UNCLASSIFIED, type Verdict } from '../../lib/domain/verdict.ts';
import { scoresOf } from './metrics/anomaly-scores.ts';
import { type BinaryScores, binaryScores } from './metrics/answers.ts';

/** A verdict and the label its line carries in the file. */
export interface Judged {
  readonly verdict: Verdict;
  readonly label: string;
}

/** How well the score tells the lines labelled `positive` from the rest. */
export function anomalyReport(judged: readonly Judged[], positive: string) {
  const answers = judged.map(({ verdict, label }) => ({
    said: verdict.anomaly.isAnomaly,
    truth: label === positive,
    probability: verdict.anomaly.score,
    outcome: label === positive,
    stage: verdict.stage,
  }));
  const { auc, ece, brier } = scoresOf(answers);
  return {
    task: 'anomaly',
    n: answers.length,
    baseRate: answers.filter(({ truth }) => truth).length / answers.length,
    ...binaryScores(answers),
    auc: Number.isNaN(auc) ? undefined : auc,
    ece,
    brier,
    byStage: byStage(judged, (stage): BinaryScores => binaryScores(answers.filter((answer) => answer.stage === stage))),
    unclassified: countUnclassified(judged),
  };
}

/** How well categories match the labels; `Unclassified` is wrong for any of them. Calibration is that of the confidence of what a stage settled. */
export function categoryReport(judged: readonly Judged[]) {
  const pairs = judged.map(({ verdict, label }): [string, string] => [label, verdict.category]);
  const forecasts = judged
    .filter(({ verdict }) => verdict.stage !== 'none')
    .map(({ verdict, label }) => ({ probability: verdict.confidence, outcome: verdict.category === label }));
  const { macroF1, accuracy, byLabel } = scoreLabels(pairs);
  const { ece, brier } = forecasts.length === 0 ? {} : scoresOf(forecasts);
  return {
    task: 'category',
    n: judged.length,
    macroF1,
    accuracy,
    ece,
    brier,
    byStage: byStage(judged, (stage) => {
      const those = judged.filter(({ verdict }) => verdict.stage === stage);
      return { accuracy: those.filter(({ verdict, label }) => verdict.category === label).length / those.length };
    }),
    byLabel,
    unclassified: countUnclassified(judged),
  };
}

function byStage<Scores>(judged: readonly Judged[], score: (stage: string) => Scores) {
  const stages = [...new Set(judged.map(({ verdict }) => verdict.stage))].sort();
  return Object.fromEntries(
    stages.map((stage) => [
      stage,
      { n: judged.filter(({ verdict }) => verdict.stage === stage).length, ...score(stage) },
    ]),
  );
}

function countUnclassified(judged: readonly Judged[]): number {
  return judged.filter(({ verdict }) => verdict.category === UNCLASSIFIED).length;
}
