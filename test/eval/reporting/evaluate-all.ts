import { join } from 'node:path';
import { anomalyBag, categoryBag } from '../baselines/train-baselines.ts';
import { readEnterprise } from '../data/enterprise.ts';
import { readSystems } from '../data/loghub.ts';
import { readNearTraining } from '../data/near-training.ts';
import { readStatements } from '../data/statements.ts';
import { trainedOnSentence } from '../data/trained-on.ts';
import type { Forecast } from '../metrics/ranked.ts';
import type { Judge } from '../open-judge.ts';
import type { Sets } from '../sets.ts';
import { anomalySetReport } from './anomaly-set.ts';
import type { Bench } from './bench.ts';
import { categorySetReport } from './category-set.ts';
import { repositoriesOf, statementsReport } from './statements.ts';
import { systemsReport } from './systems.ts';

export interface AllOptions {
  readonly judge: Judge;
  readonly bench: Bench;
  readonly sets: Sets;
  readonly modelsFolder: string;
  /** Absent: only the committed sets. */
  readonly dataFolder: string | undefined;
  readonly say: (step: string) => void;
}

/** What is plotted: forecasts of the cascade and of the bag of words on the same lines. */
export interface Plotted {
  readonly cascade: readonly Forecast[];
  readonly bag: readonly Forecast[];
}

/** Everything there is to measure. */
export async function evaluateAll(options: AllOptions) {
  const { judge, bench, sets, dataFolder, say } = options;
  const data = dataFolder === undefined ? undefined : await readDataFolder(dataFolder);
  say('baselines');
  const bag = await anomalyBag(data?.statements.others);
  const learned = { bag: await categoryBag(), isNear: await readNearTraining() };
  const plotted = new Map<string, Plotted>();
  const anomaly: Record<string, Awaited<ReturnType<typeof anomalySetReport>>['report']> = {};
  for (const [name, rows] of sets.anomaly) {
    say(`set ${name}`);
    const { lines, bagLines, report } = await anomalySetReport(judge, bench, name, rows, bag.classify, learned.isNear);
    anomaly[name] = report;
    plotted.set(name, { cascade: lines, bag: bagLines });
  }
  say('set category');
  const category = await categorySetReport(judge, bench, labelledLines(sets.category), learned);
  const foreign = data && (await dataReports(options, data, bag.classify));
  if (foreign !== undefined) plotted.set('statements', foreign.plotted);
  return {
    plotted,
    confidences: category.forecasts,
    report: {
      bagOfWordsLearnedFrom: bag.learnedFrom,
      anomaly,
      category: category.report,
      data: foreign?.report,
    },
  };
}

function labelledLines(rows: Sets['category']) {
  return rows.map(({ id, source, message, label }) => ({ id, group: id, record: { source, message }, label }));
}

async function readDataFolder(folder: string) {
  return {
    statements: await readStatements(join(folder, 'log-statements.jsonl.gz')),
    systems: await readSystems(join(folder, 'loghub')),
    enterprise: await readEnterprise(join(folder, 'enterprise-logs.train.csv')),
  };
}

async function dataReports(
  { judge, bench, modelsFolder, say }: AllOptions,
  { statements, systems, enterprise }: Awaited<ReturnType<typeof readDataFolder>>,
  bag: Parameters<typeof statementsReport>[3],
) {
  say(`${statements.asked.length} statements`);
  const made = await statementsReport(judge, bench, statements.asked, bag);
  say('systems');
  const { bySystem, mean } = await systemsReport(judge, bench, systems, bag);
  say('enterprise lines');
  const labelled = await categorySetReport(judge, bench, enterprise, undefined);
  return {
    plotted: { cascade: made.lines, bag: made.bagLines },
    report: {
      statements: {
        trainedOn: await trainedOnSentence(modelsFolder, judge.model.id, repositoriesOf(statements.asked)),
        ...made.report,
      },
      systems: bySystem,
      meanOverSystems: mean,
      enterprise: { trainedOn: 'the shipped head was trained on these lines', ...withoutLines(labelled.report) },
    },
  };
}

/** Other people's lines are not named one by one. */
function withoutLines<Report extends { wrong: unknown }>({ wrong: _, ...rest }: Report): Omit<Report, 'wrong'> {
  return rest;
}
