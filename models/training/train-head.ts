/** Trains the category head: `npm run train:head -- LABELLED.csv [MORE.csv ...] [--message COL] [--label COL] [--source COL] [--out FILE]`. The report is one JSON document on standard output. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { CategoryHead } from '../../lib/cascade/category-head.ts';
import { compileRules, rulesSchema } from '../../lib/cascade/rules.ts';
import { readSettingsFile, settingsSchema } from '../../lib/cascade/settings.ts';
import { InvalidInput } from '../../lib/domain/errors.ts';
import { loadEmbeddingModel } from '../../lib/inference/embedding-model.ts';
import { type CrossValidation, crossValidate } from './cross-validate.ts';
import { reportOf } from './head-report.ts';
import { readLabelledCsv } from './labelled-csv.ts';
import { fitLogistic } from './logistic-regression.ts';
import { balanced, embedPatterns, type LabelledPattern, labelledPatterns, type Sample } from './samples.ts';

const MODELS_FOLDER = join(import.meta.dirname, '..');
/** At a calibrated probability of one half a category is likelier right than wrong. */
const THRESHOLD = 0.5;
const L2_CANDIDATES = [1e-4, 3e-4, 1e-3];

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      message: { type: 'string', default: 'log_message' },
      label: { type: 'string', default: 'target_label' },
      source: { type: 'string' },
      out: { type: 'string', default: join(MODELS_FOLDER, 'starter', 'head.json') },
    },
  });
  if (positionals.length === 0) throw new InvalidInput('arguments', 'name at least one labelled CSV');
  const patterns: LabelledPattern[] = [];
  const columns = { message: values.message, label: values.label, source: values.source };
  for (const path of positionals) patterns.push(...labelledPatterns(await readLabelledCsv(path, columns), path));

  const settings = await readSettingsFile(join(MODELS_FOLDER, 'labels.json'), 'labels', settingsSchema);
  const { rules } = await readSettingsFile(join(MODELS_FOLDER, 'rules.json'), 'rules', rulesSchema);
  const model = await loadEmbeddingModel(MODELS_FOLDER, { threads: 0 });
  const samples = await embedPatterns(model, patterns);
  const labels = [...new Set(samples.map(({ label }) => label))].sort();

  const runs = L2_CANDIDATES.map((l2) => crossValidate(samples, labels, l2));
  const best = runs.reduce((a, b) => (b.negativeLogLikelihood < a.negativeLogLikelihood ? b : a));
  const head = headOf(samples, labels, best, `${model.id}@${model.version}`);
  const matcher = compileRules(rules, new Set(settings.labels.map(({ name }) => name)));
  const report = await reportOf({ samples, settings, matcher, model, run: best, threshold: THRESHOLD });
  await writeFile(values.out, `${JSON.stringify(head)}\n`);
  await model.close();
  console.log(JSON.stringify({ ...report, out: values.out }, null, 2));
}

/** The shipped head: all samples, the cross-validated strength and temperature. */
function headOf(
  samples: readonly Sample[],
  labels: readonly string[],
  run: CrossValidation,
  trainedOn: string,
): CategoryHead {
  const { weights, bias } = fitLogistic(balanced(samples, labels), labels.length, run.l2);
  const short = (value: number) => Number(value.toPrecision(6));
  return {
    labels: [...labels],
    weights: weights.map((row) => row.map(short)),
    bias: bias.map(short),
    temperature: short(run.temperature),
    threshold: THRESHOLD,
    trainedOn,
  };
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = error instanceof InvalidInput ? 2 : 1;
}
