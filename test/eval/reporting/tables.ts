import type { evaluateAll } from './evaluate-all.ts';
import type { Answers } from './label-answers.ts';
import { anomalyTable, categoryTable, gainTable, short, spread, table } from './table.ts';

type Report = Awaited<ReturnType<typeof evaluateAll>>['report'];

/** The report for people: a table for each subject, blank lines between. */
export function tablesOf(report: Report): string {
  return [
    ...Object.entries(report.anomaly).flatMap(([name, set]) => [
      anomalyTable(`anomaly: ${name}`, { ...set.variants, ...set.stages, ...set.baselines }),
      gainTable('gain over the run compared with', set.variants),
      partsTable(set),
    ]),
    categoryTable('category: our own set', categoryRows(report.category)),
    labelTable(report.category),
    ...(report.data === undefined ? ['(no data folder)'] : dataTables(report.data)),
  ]
    .filter((part) => part !== undefined)
    .join('\n\n');
}

function partsTable({ parts, severityAccuracy, wrong }: Report['anomaly'][string]): string {
  const rows = Object.entries(parts).map(([name, { n, f1, auc, precision, recall }]) => [
    name,
    String(n),
    ...[f1, auc, precision, recall].map((value) => short(value)),
  ]);
  const parted = table([['message alone, by part', 'lines', 'F1 at .5', 'AUC', 'precision', 'recall'], ...rows]);
  return `${parted}\nfive severities right: ${short(severityAccuracy)}; wrong at .5: ${wrong.length}`;
}

function categoryRows({
  cascade,
  parts,
  stages,
  baselines,
}: Pick<Report['category'], 'cascade' | 'parts' | 'stages' | 'baselines'>): Record<string, Answers> {
  return { 'whole cascade': cascade, ...parts, ...stages, ...baselines };
}

function labelTable({ byLabel }: Report['category']): string {
  const labels = Object.entries(byLabel).map(([label, { n, f1, precision, recall }]) => [
    label,
    String(n),
    ...[f1, precision, recall].map((value) => short(value)),
  ]);
  return table([['whole cascade, by label', 'lines', 'F1', 'precision', 'recall'], ...labels]);
}

function dataTables({
  statements,
  systems,
  meanOverSystems,
  enterprise,
}: NonNullable<Report['data']>): (string | undefined)[] {
  const { ece, ecePrior, auc } = statements.meanOverRepositories;
  const questions = Object.entries(statements.baselines).flatMap(([name, both]) =>
    Object.entries(both).map(([question, measured]) => [`${name}, ${question}`, measured] as const),
  );
  const measured = { ...statements.cascade, ...Object.fromEntries(questions) };
  const levelled = Object.entries(systems).flatMap(([name, system]) =>
    'byTemplate' in system
      ? [
          [`${name} by template`, system.byTemplate] as const,
          [`${name} by line`, system.byLine] as const,
          ...Object.entries(system.baselines).map(([baseline, one]) => [`${name}, ${baseline}`, one] as const),
        ]
      : [],
  );
  return [
    `${statements.trainedOn}\n${anomalyTable('statements of 16 repositories', measured)}`,
    gainTable('gain over the run compared with', statements.cascade),
    `mean over repositories: ECE ${short(ece)}, at prior ${short(ecePrior)}, AUC ${short(auc)}; five severities right: ${short(statements.severityAccuracy)}`,
    anomalyTable('systems with levels', Object.fromEntries(levelled)),
    table([
      [`mean over ${meanOverSystems.of.join(', ')} by template`, 'AUC'],
      ...Object.entries(meanOverSystems.auc).map(([name, auc]) => [name, spread(auc)]),
    ]),
    table([
      ['share of templates called an anomaly', 'templates', 'share'],
      ...Object.entries(systems).map(([name, one]) => [name, String(one.templates), short(one.templatesFlagged)]),
    ]),
    `${enterprise.trainedOn}\n${categoryTable('enterprise lines, by pattern', categoryRows(enterprise))}`,
  ];
}
