/** `npm run train:head`, as `USAGE` says it: a false alarm costs more than a missing note, hence two precisions. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compileRules, rulesSchema } from '../../lib/cascade/rules.ts';
import { readSettingsFile, settingsSchema } from '../../lib/cascade/settings.ts';
import { checkExamples } from '../../lib/cascade/training/check-examples.ts';
import { headReport } from '../../lib/cascade/training/head-report.ts';
import { type LabelledPattern, labelledPatterns, type Sample } from '../../lib/cascade/training/labelled-pattern.ts';
import { templateGroups } from '../../lib/cascade/training/template-groups.ts';
import { trainCategoryHead } from '../../lib/cascade/training/train-category-head.ts';
import { InvalidInput } from '../../lib/domain/errors.ts';
import { isAnomalous } from '../../lib/domain/severity.ts';
import { loadEmbeddingModel } from '../../lib/inference/embedding-model.ts';
import type { EmbeddingModel } from '../../lib/ports.ts';
import { headFigures } from './head-figures.ts';
import { readLabelledCsv } from './labelled-csv.ts';
import { readLearnedLines } from './learned-lines.ts';
import { printedReport } from './print-report.ts';
import { runCommand } from './run-command.ts';
import { measureStages } from './stage-report.ts';

const USAGE = `npm run train:head -- LABELLED.csv [MORE.csv ...] [options]

Trains the category head on labelled lines, measures the stages beside it, and prints the report.
Writes starter/head.json, calibration.json and, with the figures, evaluation/head.json of the models folder.

  --message COL          the column of the log line (default log_message)
  --label COL            the column of its label, one of labels.json (default target_label)
  --source COL           the column of its source, where there is one
  --precision P          share of right answers to choose thresholds for (default .95) …
  --routine-precision P  … and for labels that are usually less than a warning (default .9)
  --models FOLDER        the folder of labels.json, rules.json and starter/ (default models)
  --kept-apart           the embedding model learned our own lines and these but for a quarter: of that quarter only lines
                         that share less than 60% of their words with every learned one may judge
  --dry-run              write nothing
  --json                 the report as JSON`;

async function main(): Promise<void> {
  const options = readOptions();
  if (options === 'help') return console.log(USAGE);
  const { models, precision, routinePrecision } = options;
  const settings = await readSettingsFile(join(models, 'labels.json'), 'labels', settingsSchema);
  const { rules } = await readSettingsFile(join(models, 'rules.json'), 'rules', rulesSchema);
  const labels = new Set(settings.labels.map(({ name }) => name));
  const patterns = await readPatterns(options);
  // Before the model is loaded, so that a wrong file is told at once.
  checkExamples(patterns, templateGroups(patterns.map(({ canonical }) => canonical)), labels);

  const learned = options['kept-apart']
    ? await readLearnedLines(patterns.map(({ canonical }) => canonical))
    : undefined;
  const model = await loadEmbeddingModel(models, { threads: 0 });
  const trainedOn = `${model.id}@${model.version}`;
  const samples = await embedPatterns(model, patterns);
  const routine = settings.labels.filter(({ usualSeverity }) => !isAnomalous(usualSeverity));
  const trained = trainCategoryHead(samples, {
    labels,
    trainedOn,
    precision: { others: precision, of: new Map(routine.map(({ name }) => [name, routinePrecision])) },
    ...(learned && { judges: ({ canonical }: Sample) => learned.isNew(canonical) }),
  });
  const matcher = compileRules(rules, labels);
  const stages = await measureStages({ samples, trained, settings, rules, matcher, model, precision });
  await model.close();

  const report = { head: headReport(samples, trained), ...stages.report, rules: stages.calibration.rules };
  if (!options.dryRun)
    await writeAll(models, {
      'starter/head.json': `${JSON.stringify(trained.head)}\n`,
      'calibration.json': `${JSON.stringify(stages.calibration, undefined, 2)}\n`,
      'evaluation/head.json': `${JSON.stringify(headFigures(report, trainedOn), shortNumber, 2)}\n`,
    });
  console.log(options.json ? JSON.stringify(report, undefined, 2) : printedReport(report));
}

async function writeAll(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(join(folder, 'evaluation'), { recursive: true });
  for (const [path, content] of Object.entries(files)) await writeFile(join(folder, path), content);
}

function shortNumber(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(5)) : value;
}

/** Throws InvalidInput; `help` where that was asked for. */
function readOptions() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      message: { type: 'string', default: 'log_message' },
      label: { type: 'string', default: 'target_label' },
      source: { type: 'string' },
      precision: { type: 'string', default: '0.95' },
      'routine-precision': { type: 'string', default: '0.9' },
      models: { type: 'string', default: join(import.meta.dirname, '..') },
      'kept-apart': { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  if (positionals.length === 0) throw new InvalidInput('arguments', 'name at least one labelled CSV');
  const precision = shareOf('precision', values.precision);
  const routinePrecision = shareOf('routine-precision', values['routine-precision']);
  return { ...values, files: positionals, precision, routinePrecision, dryRun: values['dry-run'] };
}

function shareOf(option: string, value: string): number {
  const share = Number(value);
  if (!(share > 0 && share <= 1))
    throw new InvalidInput('arguments', `--${option} is a share between 0 and 1, not ${value}`);
  return share;
}

async function readPatterns(
  options: Exclude<ReturnType<typeof readOptions>, 'help'>,
): Promise<readonly LabelledPattern[]> {
  const { files, message, label, source } = options;
  const patterns: LabelledPattern[] = [];
  for (const path of files)
    patterns.push(...labelledPatterns(await readLabelledCsv(path, { message, label, source }), path));
  return patterns;
}

async function embedPatterns(model: EmbeddingModel, patterns: readonly LabelledPattern[]): Promise<readonly Sample[]> {
  const embedded = await model.embed(patterns.map(({ canonical }) => canonical));
  return patterns.flatMap((pattern, at) => {
    const made = embedded[at];
    return made === undefined ? [] : [{ ...pattern, embedded: made }];
  });
}

await runCommand(main);
