/** `npm run train:score`, as `USAGE` says it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { contentScore, type ScoreFile, type ScoreFormula, scoreFileSchema } from '../../lib/cascade/content-score.ts';
import { openCascade } from '../../lib/cascade/open-cascade.ts';
import { readSettingsFile, settingsSchema } from '../../lib/cascade/settings.ts';
import { loadEmbeddingModel } from '../../lib/inference/embedding-model.ts';
import { MASKING_VERSION } from '../../lib/masking/mask-record.ts';
import { likeliestBaseRate } from './base-rate.ts';
import { fitScore } from './fit-score.ts';
import { readLabelledCsv } from './labelled-csv.ts';
import { readLeaveOut } from './leave-out.ts';
import { runCommand } from './run-command.ts';
import { isFittedOn, readScoreLines, type ScoreLine, scoreLines } from './score-lines.ts';
import { calibrationOf, orderOf } from './score-report.ts';

const USAGE = `npm run train:score

Fits the content score to half of the lines in training/lines that are new to the model (score-pairs.csv; of the plain
English ones and of category-lines.csv the quarter kept apart, without what lies near a learned line) and to what it made
of statements of repositories it had not seen, and writes models/score.json; its prior and the scripts the model covers
are kept.

npm run train:score -- --base-rate LABELLED.csv [options]

Writes nothing and says what to set anomalyBaseRate to for such records.

  --message COL      the column of the log line (default log_message)
  --label COL        the column of its label (default truth) …
  --positive VALUE   … and what stands there for an anomaly (default anomaly)
  --level COL        the column of its level, where there is one
  --source COL       the column of its source, where there is one`;

const MODELS_FOLDER = join(import.meta.dirname, '..');
const SCORE_FILE = join(MODELS_FOLDER, 'score.json');
const now = () => new Date();

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      'base-rate': { type: 'string' },
      message: { type: 'string', default: 'log_message' },
      label: { type: 'string', default: 'truth' },
      positive: { type: 'string', default: 'anomaly' },
      level: { type: 'string' },
      source: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return console.log(USAGE);
  const { formula } = await readSettingsFile(SCORE_FILE, 'score', scoreFileSchema);
  const answer =
    values['base-rate'] === undefined
      ? await fitAndWrite(formula)
      : await baseRate(values['base-rate'], values, formula);
  console.log(JSON.stringify(answer, null, 2));
}

async function fitAndWrite(given: ScoreFormula): Promise<ScoreFile['fit']> {
  const model = await loadEmbeddingModel(MODELS_FOLDER, { threads: 0 });
  const lines = await scoreLines(await readScoreLines(), model, given);
  await model.close();
  const fitted = fitScore(
    lines.filter(({ pair }) => isFittedOn(pair)),
    given.prior,
    await readLeaveOut(MODELS_FOLDER, model.id),
  );
  const formula = { prior: given.prior, ...fitted, covers: given.covers };
  const report = {
    model: `${model.id}@${model.version}`,
    masking: MASKING_VERSION,
    date: now().toISOString().slice(0, 10),
    ...reportOf(lines, formula),
  };
  await writeFile(SCORE_FILE, `${JSON.stringify({ formula, fit: report }, null, 2)}\n`);
  return report;
}

/** On the pairs and lines that were not fitted on: the model's own probability, then the formula's. The order by kind is of our own pairs. */
function reportOf(lines: readonly ScoreLine[], formula: ScoreFormula) {
  const heldOut = lines.filter(({ pair }) => !isFittedOn(pair));
  const fittedOn = lines.filter(({ pair, group }) => isFittedOn(pair) && group !== 'trained');
  const scoreOf = scorerOf(formula);
  const calibration = Object.fromEntries(
    Array.from(
      Map.groupBy(heldOut, ({ group }) => group),
      ([group, members]) => [
        group,
        {
          lines: members.length,
          modelAlone: calibrationOf(members, formula.prior, ({ content }) => 1 / (1 + Math.exp(-content))),
          formula: calibrationOf(members, formula.prior, scoreOf),
        },
      ],
    ),
  );
  const own = heldOut.filter(({ group }) => group === 'own');
  return { linesFittedOn: fittedOn.length, heldOut: calibration, order: orderOf(own, scoreOf) };
}

function scorerOf(formula: ScoreFormula) {
  return ({ content, statedLevel, evidence }: ScoreLine): number => {
    const anomalous = 1 / (1 + Math.exp(-content));
    const severities = [0, 1 - anomalous, 0, anomalous, 0];
    return contentScore({ severities, level: statedLevel, evidence }, formula).score;
  };
}

async function baseRate(
  path: string,
  columns: { message: string; label: string; positive: string; level?: string; source?: string },
  { prior }: ScoreFormula,
) {
  const { message, label, source, level } = columns;
  const records = await readLabelledCsv(path, { message, label, source, level });
  const { anomalyBaseRate } = await readSettingsFile(join(MODELS_FOLDER, 'labels.json'), 'labels', settingsSchema);
  const cascade = await openCascade({ modelsFolder: MODELS_FOLDER, threads: 0, clock: { now } });
  try {
    return await likeliestBaseRate(cascade, records, { positive: columns.positive, prior: anomalyBaseRate ?? prior });
  } finally {
    await cascade.close();
  }
}

await runCommand(main);
