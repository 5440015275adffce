import type { Calibration } from '../../lib/cascade/calibration.ts';
import { calibrate } from '../../lib/cascade/calibration.ts';
import { ruleStage } from '../../lib/cascade/rule-stage.ts';
import { compileRules, type Rule, type RuleMatcher } from '../../lib/cascade/rules.ts';
import type { Settings } from '../../lib/cascade/settings.ts';
import { countRules, fitSimilarity } from '../../lib/cascade/training/calibrate-stages.ts';
import { cascadeAnswers, outOfFoldStage } from '../../lib/cascade/training/cascade-answers.ts';
import { calibrationError, confusionOf, scoreLabels } from '../../lib/cascade/training/label-scores.ts';
import type { Sample } from '../../lib/cascade/training/labelled-pattern.ts';
import type { TrainedHead } from '../../lib/cascade/training/train-category-head.ts';
import { labelSimilarities, similarityStage } from '../../lib/cascade/zero-shot-stage.ts';
import { UNCLASSIFIED } from '../../lib/domain/verdict.ts';
import type { EmbeddingModel } from '../../lib/ports.ts';

/** A file's main labels have so many lines in it; its second mean is theirs. */
const MAIN_LINES = 30;
const WRONG_SHOWN = 100;

interface Parts {
  readonly samples: readonly Sample[];
  readonly trained: TrainedHead;
  readonly settings: Settings;
  readonly rules: readonly Rule[];
  readonly matcher: RuleMatcher;
  readonly model: EmbeddingModel;
  readonly precision: number;
}
type Said = readonly [truth: string, said: string];

/** Measures the stages around the head on the same samples: rules by counting, similarity by temperature and threshold, and all of them together. */
export async function measureStages(parts: Parts) {
  const { trained, rules, matcher, model, settings, precision } = parts;
  const { head, validation } = trained;
  const samples = parts.samples.filter((_, at) => validation.judges[at]);
  const oof = outOfFoldStage(head, parts.samples, validation.probabilities);
  const before = await cascadeAnswers(samples, [ruleStage(''), oof], matcher);
  const similarities = await labelSimilarities(settings, model);
  const cosines = samples.map(({ embedded }) => similarities(embedded.embedding));
  const similarity = fitSimilarity(
    settings,
    samples,
    cosines,
    before.map(({ sure }) => sure === undefined),
    precision,
  );
  const calibration: Calibration = {
    measuredOn: head.trainedOn,
    rules: countRules(rules, matcher, parts.samples, validation.groups),
    similarity: similarity.calibration,
  };
  const measured = calibrate({ rules, settings }, calibration, head.trainedOn);
  const stages = [ruleStage(''), oof, await similarityStage(measured.settings, model)];
  const ranked = compileRules(measured.rules, new Set(settings.labels.map(({ name }) => name)));
  const answers = await cascadeAnswers(parts.samples, stages, ranked);
  const judged = answers.filter((_, at) => validation.judges[at]);
  const report = {
    similarity: similarityReport(similarity),
    ...cascadeReport(samples, judged),
    cascadeByFile: byFile(
      { samples, said: saidOf(samples, judged) },
      { ...parts, said: saidOf(parts.samples, answers) },
    ),
  };
  return { calibration, report };
}

function similarityReport({ calibration, chosen, forecasts }: ReturnType<typeof fitSimilarity>) {
  const answered = forecasts.flatMap((one) =>
    one === undefined ? [] : [{ confidence: one.confidence, right: one.category === one.truth }],
  );
  return { ...chosen, temperature: calibration.temperature, calibrationError: calibrationError(answered) };
}

type Answers = Awaited<ReturnType<typeof cascadeAnswers>>;

function saidOf(samples: readonly Sample[], answers: Answers): readonly Said[] {
  return answers.map(({ sure }, at): Said => [samples[at]?.label ?? '', sure?.category ?? UNCLASSIFIED]);
}

function cascadeReport(samples: readonly Sample[], answers: Answers) {
  const said = saidOf(samples, answers);
  const settled = answers.flatMap(({ sure }, at) =>
    sure === undefined ? [] : [{ confidence: sure.confidence, right: sure.category === samples[at]?.label }],
  );
  return {
    cascade: { ...scoreLabels(said), calibrationError: calibrationError(settled), confusion: confusionOf(said) },
    stages: countBy(answers.map(({ sure }) => sure?.stage ?? 'none')),
    wrong: wrongOnes(samples, answers).slice(0, WRONG_SHOWN),
  };
}

interface Answered {
  readonly samples: readonly Sample[];
  readonly said: readonly Said[];
}

/**
 * Each file's scores on what may judge, and `outOfFold` on every pattern of it: the head had not seen its template, but the embedding
 * model may have learned from it.
 */
function byFile(judged: Answered, all: Answered) {
  const files = [...new Set(all.samples.map(({ file }) => file))];
  return Object.fromEntries(
    files.map((file) => {
      const main = mainLabels(all.samples, file);
      return [file, { ...scoresOf(judged, file, main), outOfFold: scoresOf(all, file, main) }];
    }),
  );
}

function mainLabels(samples: readonly Sample[], file: string): ReadonlySet<string> {
  const lines = new Map<string, number>();
  for (const sample of samples)
    if (sample.file === file) lines.set(sample.label, (lines.get(sample.label) ?? 0) + sample.lines);
  return new Set([...lines].filter(([, count]) => count >= MAIN_LINES).map(([label]) => label));
}

function scoresOf({ samples, said }: Answered, file: string, main: ReadonlySet<string>) {
  const scores = scoreLabels(said.filter((_, at) => samples[at]?.file === file));
  const ofMain = Object.entries(scores.byLabel).filter(([label]) => main.has(label));
  return {
    ...scores,
    mainLabels: ofMain.length,
    mainMacroF1: ofMain.reduce((sum, [, { f1 }]) => sum + f1, 0) / Math.max(1, ofMain.length),
  };
}

function wrongOnes(samples: readonly Sample[], answers: Answers): string[] {
  return answers.flatMap(({ sure, guess }, at) => {
    const sample = samples[at];
    if (sample === undefined || (sure?.category ?? UNCLASSIFIED) === sample.label) return [];
    const said = sure ?? guess;
    const by = said && `${said.category} by ${said.ruleId ?? said.stage} (${said.confidence.toFixed(2)})`;
    return [
      `${sample.label}: ${sure === undefined ? 'unsettled, guess ' : ''}${by}: ${sample.canonical.slice(0, 120)}`,
    ];
  });
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
