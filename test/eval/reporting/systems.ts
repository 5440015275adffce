import type { BagOfWords } from '../baselines/bag-of-words.ts';
import { keywordProbability } from '../baselines/keyword-rule.ts';
import { type LogSystem, oneLinePerTemplate, type SystemLine } from '../data/loghub.ts';
import type { Judge } from '../open-judge.ts';
import { type Bench, measureLines, type ScoredLine } from './bench.ts';

/** Real systems, text alone: by template and by line where their lines have levels on both sides, and for all what share of the templates is called an anomaly. */
export async function systemsReport(
  judge: Judge,
  bench: Bench,
  systems: readonly LogSystem[],
  bag: BagOfWords | undefined,
) {
  const reports: Record<string, Awaited<ReturnType<typeof systemReport>>> = {};
  for (const system of systems) reports[system.name] = await systemReport(judge, bench, system, bag);
  return reports;
}

async function systemReport(judge: Judge, bench: Bench, { name, lines }: LogSystem, bag: BagOfWords | undefined) {
  const verdicts = await judge.judge(lines.map(({ message }) => ({ source: '', message })));
  const scores = new Map(lines.map(({ id }, at) => [id, verdicts[at]?.anomaly.score ?? 0]));
  const templates = oneLinePerTemplate(lines);
  const flagged = templates.filter(({ id }) => (scores.get(id) ?? 0) >= 0.5).length;
  const said = (those: readonly SystemLine[]) => scored(those, ({ id }) => scores.get(id) ?? 0);
  const shares = { templates: templates.length, templatesFlagged: flagged / templates.length };
  if (new Set(lines.map(({ anomaly }) => anomaly)).size < 2) return shares;
  return {
    ...shares,
    byTemplate: measureLines(bench, `${name}/template`, said(templates)),
    byLine: measureLines(bench, `${name}/line`, said(lines)),
    baselines: {
      'keyword rule by template': measureLines(
        bench,
        `${name}/keyword`,
        scored(templates, ({ message }) => keywordProbability(message)),
      ),
      ...(bag && {
        'bag of words by template': measureLines(
          bench,
          `${name}/bag`,
          scored(templates, ({ message }) => bag(message)[1] ?? 0),
        ),
      }),
    },
  };
}

function scored(lines: readonly SystemLine[], probability: (line: SystemLine) => number): readonly ScoredLine[] {
  return lines.map((line) => ({
    id: line.id,
    group: line.template,
    probability: probability(line),
    outcome: line.anomaly === true,
  }));
}
