import { isAnomalous, type Severity } from '../../../lib/domain/severity.ts';
import type { BagOfWords } from '../baselines/bag-of-words.ts';
import { keywordProbability } from '../baselines/keyword-rule.ts';
import type { Statement } from '../data/statements.ts';
import { scoresOf } from '../metrics/anomaly-scores.ts';
import type { Judge } from '../open-judge.ts';
import { type Bench, measureLines, type ScoredLine } from './bench.ts';

type Probability = (statement: Statement, at: number) => number;

const isClear = (level: Severity) => level !== 'debug' && level !== 'warn';

/** Statements of repositories, text alone: from warn upwards against the rest, and error or critical against info. Intervals are by repository. */
export async function statementsReport(judge: Judge, bench: Bench, statements: readonly Statement[], bag: BagOfWords) {
  const verdicts = await judge.judge(statements.map(({ text }) => ({ source: '', message: text })));
  const score: Probability = (_, at) => verdicts[at]?.anomaly.score ?? 0;
  const lines = scored(statements, score);
  return {
    lines,
    bagLines: scored(statements, ({ text }) => bag(text)[1] ?? 0),
    report: {
      repositories: repositoriesOf(statements),
      cascade: bothQuestions(bench, 'statements', statements, score),
      ...perRepository(lines, bench.prior),
      severityAccuracy: statements.filter(({ level }, at) => verdicts[at]?.severity === level).length / lines.length,
      baselines: {
        'keyword rule': bothQuestions(bench, 'statements-keyword', statements, ({ text }) => keywordProbability(text)),
        'bag of words': bothQuestions(bench, 'statements-bag', statements, ({ text }) => bag(text)[1] ?? 0),
        'always normal': bothQuestions(bench, 'statements-normal', statements, () => 0),
      },
    },
  };
}

export function repositoriesOf(statements: readonly Statement[]): readonly string[] {
  return [...new Set(statements.map(({ repository }) => repository))].sort();
}

function bothQuestions(bench: Bench, key: string, statements: readonly Statement[], probability: Probability) {
  const lines = scored(statements, probability);
  const clear = lines.filter((_, at) => isClear(statements[at]?.level ?? 'debug'));
  return {
    'all levels': measureLines(bench, key, lines),
    'error or critical against info': measureLines(bench, `${key}-clear`, clear),
  };
}

function scored(statements: readonly Statement[], probability: Probability): readonly ScoredLine[] {
  return statements.map((statement, at) => ({
    id: statement.id,
    group: statement.repository,
    probability: probability(statement, at),
    outcome: isAnomalous(statement.level),
  }));
}

/** Calibration within each repository, and its plain mean: an owner has one repository, not the pool. */
function perRepository(lines: readonly ScoredLine[], prior: number) {
  const groups = [...new Set(lines.map(({ group }) => group))].sort();
  const scores = groups.map((group) => {
    const inside = lines.filter((line) => line.group === group);
    const { auc, ece, ecePrior, brier } = scoresOf(inside, prior);
    return { repository: group, n: inside.length, auc, ece, ecePrior, brier };
  });
  const mean = (name: 'ece' | 'ecePrior' | 'auc') => scores.reduce((sum, one) => sum + one[name], 0) / scores.length;
  return {
    meanOverRepositories: { ece: mean('ece'), ecePrior: mean('ecePrior'), auc: mean('auc') },
    byRepository: scores,
  };
}
