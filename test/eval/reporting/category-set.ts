import { askLocalStages } from '../../../lib/cascade/ask-local-stages.ts';
import { deadlineOf } from '../../../lib/cascade/deadline.ts';
import type { LocalStage } from '../../../lib/cascade/stage.ts';
import { confusionOf, scoreLabels } from '../../../lib/cascade/training/label-scores.ts';
import { UNCLASSIFIED } from '../../../lib/domain/verdict.ts';
import { maskRecord } from '../../../lib/masking/mask-record.ts';
import type { CategoryBag } from '../baselines/train-baselines.ts';
import type { NearTraining } from '../data/near-training.ts';
import type { Judge } from '../open-judge.ts';
import type { Bench } from './bench.ts';
import {
  type Answers,
  answersReport,
  forecastsOf,
  type LabelledLine,
  pairsOf,
  partReport,
  type Said,
  SILENT,
} from './label-answers.ts';

/** What our own training lines say of a set written apart from them: nothing of one that was learned from. */
interface Learned {
  readonly bag: CategoryBag;
  readonly isNear: NearTraining;
}

/** A labelled set through the whole cascade, through each stage alone and through the baselines. */
export async function categorySetReport(
  judge: Judge,
  bench: Bench,
  lines: readonly LabelledLine[],
  learned: Learned | undefined,
) {
  const verdicts = await judge.judge(lines.map(({ record }) => record));
  const said = verdicts.map(
    ({ category, confidence, stage }): Said => ({ category, confidence, sure: stage !== 'none' }),
  );
  const stages = verdicts.map(({ stage }) => stage);
  const pairs = pairsOf(lines, said);
  return {
    forecasts: forecastsOf(lines, said),
    report: {
      n: lines.length,
      foreign: lines.filter(({ label }) => label === UNCLASSIFIED).length,
      cascade: answersReport(bench, lines, said),
      ...besides(bench, lines, said, learned),
      stages: { ...settledBy(bench, lines, said, stages), ...(await alone(judge, bench, lines)) },
      byLabel: scoreLabels(pairs).byLabel,
      confusion: confusionOf(pairs),
      wrong: lines.flatMap(({ id, label }, at) => {
        const { category = '', confidence = 0 } = said[at] ?? {};
        return category === label ? [] : [{ id, label, said: category, confidence }];
      }),
    },
  };
}

/** What can be told only where our training lines say something of the set. */
function besides(
  bench: Bench,
  lines: readonly LabelledLine[],
  said: readonly Said[],
  learned: Learned | undefined,
): Record<'parts' | 'baselines', Readonly<Record<string, Answers>>> {
  if (learned === undefined) return { parts: {}, baselines: {} };
  return {
    parts: partsOf(bench, lines, said, learned.isNear),
    baselines: { 'bag of words': bagAnswers(bench, lines, learned.bag) },
  };
}

/** The whole cascade on lines by whether a training line is near: what it learned, and what it makes of the new. */
function partsOf(
  bench: Bench,
  lines: readonly LabelledLine[],
  said: readonly Said[],
  isNear: NearTraining,
): Record<string, Answers> {
  const near = lines.map(({ record }) => isNear(record.message));
  const part = (wanted: boolean) => partReport(bench, lines, said, (_, at) => near[at] === wanted);
  return { 'near a training line': part(true), 'apart from training': part(false) };
}

/** How right each stage is on the lines that it settled in the cascade. */
function settledBy(
  bench: Bench,
  lines: readonly LabelledLine[],
  said: readonly Said[],
  stages: readonly string[],
): Record<string, Answers> {
  return Object.fromEntries(
    [...new Set(stages)]
      .sort()
      .map((stage) => [`settled by ${stage}`, partReport(bench, lines, said, (_, at) => stages[at] === stage)]),
  );
}

/** Each stage asked about every line. `descriptions` is a forced choice, on the lines that have a label: what labels alone can do, untrained. */
async function alone(judge: Judge, bench: Bench, lines: readonly LabelledLine[]): Promise<Record<string, Answers>> {
  const reports: Record<string, Answers> = {};
  for (const [name, stage] of judge.stages) {
    const isForced = name === 'descriptions';
    const answers = await askStage(judge, stage, lines);
    const said = answers.map((one) => (one === undefined ? SILENT : { ...one, sure: one.sure || isForced }));
    reports[`${name} alone`] = partReport(bench, lines, said, ({ label }) => !isForced || label !== UNCLASSIFIED);
  }
  return reports;
}

async function askStage(
  judge: Judge,
  stage: LocalStage,
  lines: readonly LabelledLine[],
): Promise<readonly (Said | undefined)[]> {
  const canonical = lines.map(({ record }) => maskRecord(record).canonical);
  const embedded = await judge.embed(canonical);
  const said: (Said | undefined)[] = [];
  for (const [at, text] of canonical.entries()) {
    const reading = { text, rule: judge.matcher(text), embedded: embedded[at] };
    const { sure, guess } = await askLocalStages([stage], undefined, reading, deadlineOf(undefined));
    said.push(sure ?? guess);
  }
  return said;
}

function bagAnswers(bench: Bench, lines: readonly LabelledLine[], { classify, labels }: CategoryBag): Answers {
  const said = lines.map(({ record }): Said => {
    const probabilities = classify(record.message);
    const confidence = Math.max(...probabilities);
    const category = labels[probabilities.indexOf(confidence)] ?? UNCLASSIFIED;
    return { category, confidence, sure: category !== UNCLASSIFIED };
  });
  return answersReport(bench, lines, said);
}
