import type { BagOfWords } from '../baselines/bag-of-words.ts';
import { keywordProbability } from '../baselines/keyword-rule.ts';
import { type LogSystem, oneLinePerTemplate, type SystemLine } from '../data/loghub.ts';
import { anomalyScores } from '../metrics/anomaly-scores.ts';
import { type Interval, measureMean } from '../metrics/bootstrap.ts';
import { rank } from '../metrics/ranked.ts';
import type { Judge } from '../open-judge.ts';
import { type Bench, measureLines, type ScoredLine } from './bench.ts';

/** One line of each template of a system, as the cascade and each baseline scored it. */
interface ScoredTemplates {
  readonly cascade: readonly ScoredLine[];
  readonly 'keyword rule': readonly ScoredLine[];
  readonly 'bag of words': readonly ScoredLine[];
}
const SCORERS = ['cascade', 'keyword rule', 'bag of words'] as const;

/** Real systems, text alone: by template and by line where their lines have levels on both sides, with the mean over those systems, and for all what share of the templates is called an anomaly. */
export async function systemsReport(judge: Judge, bench: Bench, systems: readonly LogSystem[], bag: BagOfWords) {
  const bySystem: Record<string, Awaited<ReturnType<typeof systemReport>>['report']> = {};
  const levelled = new Map<string, ScoredTemplates>();
  for (const system of systems) {
    const { report, templates } = await systemReport(judge, bench, system, bag);
    bySystem[system.name] = report;
    if (templates !== undefined) levelled.set(system.name, templates);
  }
  return { bySystem, mean: { of: [...levelled.keys()], auc: meanAuc(bench, [...levelled.values()]) } };
}

async function systemReport(judge: Judge, bench: Bench, { name, lines }: LogSystem, bag: BagOfWords) {
  const verdicts = await judge.judge(lines.map(({ message }) => ({ source: '', message })));
  const scores = new Map(lines.map(({ id }, at) => [id, verdicts[at]?.anomaly.score ?? 0]));
  const byCascade = ({ id }: SystemLine) => scores.get(id) ?? 0;
  const first = oneLinePerTemplate(lines);
  const shares = {
    templates: first.length,
    templatesFlagged: first.filter((line) => byCascade(line) >= 0.5).length / first.length,
  };
  if (new Set(lines.map(({ anomaly }) => anomaly)).size < 2) return { report: shares, templates: undefined };
  const templates: ScoredTemplates = {
    cascade: scored(first, byCascade),
    'keyword rule': scored(first, ({ message }) => keywordProbability(message)),
    'bag of words': scored(first, ({ message }) => bag(message)[1] ?? 0),
  };
  const report = {
    ...shares,
    byTemplate: measureLines(bench, `${name}/template`, templates.cascade),
    byLine: measureLines(bench, `${name}/line`, scored(lines, byCascade)),
    baselines: {
      'keyword rule by template': measureLines(bench, `${name}/keyword`, templates['keyword rule']),
      'bag of words by template': measureLines(bench, `${name}/bag`, templates['bag of words']),
    },
  };
  return { report, templates };
}

/** The plain mean of the systems' AUC by template; each system's templates are drawn by themselves, since the systems are given. */
function meanAuc(bench: Bench, systems: readonly ScoredTemplates[]): Partial<Record<string, Interval>> {
  const sampleOf = (lines: readonly ScoredLine[]) => {
    const ranked = rank(lines);
    const score = (weights: Float64Array) => ({ auc: anomalyScores(ranked, weights, bench.prior).auc });
    return { score, groups: lines.map(({ group }) => group) };
  };
  return Object.fromEntries(
    SCORERS.map((scorer) => [
      scorer,
      measureMean(
        systems.map((templates) => sampleOf(templates[scorer])),
        bench.resampling,
      ).auc,
    ]),
  );
}

function scored(lines: readonly SystemLine[], probability: (line: SystemLine) => number): readonly ScoredLine[] {
  return lines.map((line) => ({
    id: line.id,
    group: line.template,
    probability: probability(line),
    outcome: line.anomaly === true,
  }));
}
