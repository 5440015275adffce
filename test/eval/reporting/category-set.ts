import { askLocalStages } from '../../../lib/cascade/ask-local-stages.ts';
import { deadlineOf } from '../../../lib/cascade/deadline.ts';
import { confusionOf, scoreLabels } from '../../../lib/cascade/training/label-scores.ts';
import type { LogRecord } from '../../../lib/domain/record.ts';
import { UNCLASSIFIED } from '../../../lib/domain/verdict.ts';
import { maskRecord } from '../../../lib/masking/mask-record.ts';
import type { CategoryBag } from '../baselines/train-baselines.ts';
import { scoresOf } from '../metrics/anomaly-scores.ts';
import { type Measured, measure } from '../metrics/bootstrap.ts';
import { calibrationError, coverageAt } from '../metrics/calibration.ts';
import { categoryScores, type LabelPair } from '../metrics/category-scores.ts';
import type { Judge } from '../open-judge.ts';
import type { Bench } from './bench.ts';

/** A line with its true label; `group` as in bench.ts. */
export interface LabelledLine {
  readonly id: string;
  readonly group: string;
  readonly record: LogRecord;
  readonly label: string;
}
/** What somebody said of a line; `sure` is false where it is a guess that would settle nothing. */
export interface Said {
  readonly category: string;
  readonly confidence: number;
  readonly sure: boolean;
}
const SILENT: Said = { category: UNCLASSIFIED, confidence: 0, sure: false };
const WANTED_PRECISION = 0.95;

/** A labelled set through the whole cascade, through each stage alone and through the baselines. */
export async function categorySetReport(
  judge: Judge,
  bench: Bench,
  lines: readonly LabelledLine[],
  bag: CategoryBag | undefined,
) {
  const verdicts = await judge.judge(lines.map(({ record }) => record));
  const said = verdicts.map(
    ({ category, confidence, stage }): Said => ({ category, confidence, sure: stage !== 'none' }),
  );
  const pairs = pairsOf(lines, said);
  return {
    forecasts: forecastsOf(lines, said),
    report: {
      n: lines.length,
      foreign: lines.filter(({ label }) => label === UNCLASSIFIED).length,
      cascade: answersReport(bench, lines, said),
      stages: {
        ...settledBy(
          lines,
          said,
          verdicts.map(({ stage }) => stage),
        ),
        ...(await alone(judge, bench, lines)),
      },
      baselines: baselinesOf(bench, lines, bag),
      byLabel: scoreLabels(pairs).byLabel,
      confusion: confusionOf(pairs),
      wrong: lines.flatMap(({ id, label }, at) => {
        const { category = '', confidence = 0 } = said[at] ?? {};
        return category === label ? [] : [{ id, label, said: category, confidence }];
      }),
    },
  };
}

/** How good somebody's answers are. */
export interface Answers {
  readonly scores: Measured;
  /** Share of all lines that got an answer. */
  readonly answered: number;
  /** How far the answers' confidence is from the probability of being right. */
  readonly confidence: { readonly ece: number; readonly brier: number };
  /** Of the lines that have a label, the share answered where the answers given are right in 95%. */
  readonly coverageAt95: { readonly coverage: number; readonly threshold: number };
}

/** Figures of answers to all lines; an answer that is not sure counts as none. */
export function answersReport(bench: Bench, lines: readonly LabelledLine[], said: readonly Said[]): Answers {
  const pairs = pairsOf(lines, said);
  const groups = lines.map(({ group }) => group);
  const labelled = lines.map(({ label }) => label !== UNCLASSIFIED);
  const forecasts = forecastsOf(lines, said);
  const { threshold } = coverageAt(forecasts, WANTED_PRECISION);
  const answered = lines.filter((_, at) => labelled[at] && said[at]?.sure && said[at].confidence >= threshold);
  const { ece, brier } = scoresOf(forecasts);
  return {
    scores: measure((weights) => ({ ...categoryScores(pairs, weights) }), groups, bench.resampling),
    answered: forecasts.length / lines.length,
    confidence: { ece, brier },
    coverageAt95: { coverage: answered.length / labelled.filter(Boolean).length, threshold },
  };
}

/** The sure answers' confidence, and whether they were right. */
function forecastsOf(lines: readonly LabelledLine[], said: readonly Said[]) {
  return lines.flatMap(({ id, group, label }, at) => {
    const { category, confidence, sure } = said[at] ?? SILENT;
    return sure ? [{ id, group, probability: confidence, outcome: category === label }] : [];
  });
}

function pairsOf(lines: readonly LabelledLine[], said: readonly Said[]): readonly LabelPair[] {
  return lines.map(({ label }, at) => [label, said[at]?.sure ? (said[at]?.category ?? UNCLASSIFIED) : UNCLASSIFIED]);
}

/** How right each stage is on the lines that it settled in the cascade. */
function settledBy(lines: readonly LabelledLine[], said: readonly Said[], stages: readonly string[]) {
  return Object.fromEntries(
    [...new Set(stages)].sort().map((stage) => {
      const inside = lines.flatMap((line, at) => (stages[at] === stage ? [{ line, said: said[at] ?? SILENT }] : []));
      const right = inside.filter(({ line, said: { category } }) => line.label === category).length;
      const forecasts = forecastsOf(
        inside.map(({ line }) => line),
        inside.map(({ said: one }) => one),
      );
      return [
        `settled by ${stage}`,
        { n: inside.length, accuracy: right / inside.length, ece: calibrationError(forecasts) },
      ];
    }),
  );
}

/** Each stage asked about every line. `descriptions` is a forced choice, on the lines that have a label: what labels alone can do, untrained. */
async function alone(judge: Judge, bench: Bench, lines: readonly LabelledLine[]) {
  const canonical = lines.map(({ record }) => maskRecord(record).canonical);
  const embedded = await judge.embed(canonical);
  const reports: Record<string, Answers> = {};
  for (const [name, stage] of judge.stages) {
    const said: Said[] = [];
    for (const [at, text] of canonical.entries()) {
      const reading = { text, rule: judge.matcher(text), embedded: embedded[at] };
      const { sure, guess } = await askLocalStages([stage], undefined, reading, deadlineOf(undefined));
      const answer = sure ?? guess;
      said.push(answer === undefined ? SILENT : { ...answer, sure: answer.sure || name === 'descriptions' });
    }
    const asked = name === 'descriptions' ? lines.map(({ label }) => label !== UNCLASSIFIED) : lines.map(() => true);
    reports[`${name} alone`] = answersReport(
      bench,
      lines.filter((_, at) => asked[at]),
      said.filter((_, at) => asked[at]),
    );
  }
  return reports;
}

function baselinesOf(
  bench: Bench,
  lines: readonly LabelledLine[],
  bag: CategoryBag | undefined,
): Record<string, Answers> {
  if (bag === undefined) return {};
  const said = lines.map(({ record }): Said => {
    const probabilities = bag.classify(record.message);
    const confidence = Math.max(...probabilities);
    const category = bag.labels[probabilities.indexOf(confidence)] ?? UNCLASSIFIED;
    return { category, confidence, sure: category !== UNCLASSIFIED };
  });
  return { 'bag of words': answersReport(bench, lines, said) };
}
