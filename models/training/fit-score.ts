import { boundedLogOdds, inlineLevel, type ScoreFormula } from '../../lib/cascade/content-score.ts';
import { minimise } from '../../lib/cascade/training/lbfgs.ts';
import { FIRST_ANOMALOUS, SEVERITIES, type Severity } from '../../lib/domain/severity.ts';
import type { LeaveOutBin } from './leave-out.ts';
import type { LineGroup, ScoreLine } from './score-lines.ts';

/**
 * The coefficients are sums of positive steps outwards from zero: each name of a chain weighs more than the one before it, and its
 * sign is that of the chain. So no fit, on whatever lines, can make a 200 worse than a 503 or WARN worse than ERROR.
 */
const CHAINS: readonly { readonly sign: 1 | -1; readonly names: readonly string[] }[] = [
  { sign: -1, names: ['http:1xx'] },
  { sign: -1, names: ['http:3xx', 'http:2xx'] },
  { sign: 1, names: ['http:4xx', 'http:5xx'] },
  { sign: -1, names: ['exit:zero'] },
  { sign: 1, names: ['exit:nonzero'] },
  { sign: -1, names: ['zero-errors'] },
  { sign: 1, names: ['some-errors'] },
  { sign: -1, names: ['ratio:all'] },
  { sign: 1, names: ['ratio:some', 'ratio:none'] },
  { sign: -1, names: ['percent:low'] },
  { sign: 1, names: ['percent:high', 'percent:full'] },
  { sign: 1, names: ['stack'] },
];
const STEPS = CHAINS.flatMap(({ sign, names }) => names.map((name, at) => ({ sign, name, first: at === 0 })));

/** Parameters before the steps: the weight of the model's log-odds, the bias, and what a level in the line is worth beside a given one. */
const CONTENT = 0;
const BIAS = 1;
const INLINE_HIGHER = 2;
const INLINE_LOWER = 3;
const FIRST_STEP = 4;
/** Lines whose words differ, so that they say how much words count. Pairs that differ in a number only would say: nothing. */
const TELLING_KINDS = new Set(['plain', 'content', 'error-word-benign']);

/** How much other people's statements count against our own lines where it is fitted what the model's word is worth. */
const STATEMENTS_SHARE = 0.25;

/** Our lines are plainer than life: this share of them is taken to be labelled wrong, or no weight would ever be enough. */
const DOUBT = 0.02;
/** What a name in a chain weighs more than the one before it, at least. */
const LEAST_STEP = 0.25;

/** Pulls evidence towards nothing said, by half its square. */
const RIDGE = 5e-5;

/**
 * How authors choose levels, given what a person says of the line: rows by severity, columns in the order of SEVERITIES. A tenth
 * crosses the line between info and warn: of texts that stand in several repositories, 22% have levels on both sides of it, so one
 * author in eight differs (2 · e · (1 - e) = .22), and nearly all of them by one step.
 */
const LEVELS_GIVEN: Readonly<Record<Severity, readonly number[]>> = {
  debug: [0.62, 0.33, 0.045, 0.004, 0.001],
  info: [0.15, 0.74, 0.105, 0.004, 0.001],
  warn: [0.03, 0.12, 0.63, 0.2, 0.02],
  error: [0.01, 0.03, 0.15, 0.71, 0.1],
  critical: [0.005, 0.015, 0.04, 0.39, 0.55],
};
/** How common severities are on either side of the line between info and warn. */
const MIX: Readonly<Record<Severity, number>> = { debug: 0.3, info: 0.7, warn: 0.3, error: 0.5, critical: 0.2 };

/** Terms of a given level: the log-likelihood ratio `log(P(level | anomalous) / P(level | normal))` of that table. */
export function levelTerms(): Readonly<Record<Severity, number>> {
  const shareOf = (side: readonly Severity[], at: number) =>
    side.reduce((sum, severity) => sum + MIX[severity] * (LEVELS_GIVEN[severity][at] ?? 0), 0);
  const [normal, anomalous] = [SEVERITIES.slice(0, FIRST_ANOMALOUS), SEVERITIES.slice(FIRST_ANOMALOUS)];
  const term = (at: number) => round(Math.log(shareOf(anomalous, at) / shareOf(normal, at)));
  return { debug: term(0), info: term(1), warn: term(2), error: term(3), critical: term(4) };
}

interface Example {
  readonly content: number;
  /** The given level's term. */
  readonly level: number;
  /** From the given level's term to that of a level in the line itself; 0 where there is none. */
  readonly towardsInline: number;
  /** Indexes into STEPS. */
  readonly steps: readonly number[];
  readonly target: number;
  readonly weight: number;
}

/** What a fit finds; prior and covered scripts are given. */
export type FittedTerms = Pick<ScoreFormula, 'content' | 'bias' | 'level' | 'inlineLevel' | 'evidence'>;

/**
 * Logistic regression of "anomalous" by L-BFGS, in two steps. The weight of the model's log-odds and the bias come from lines
 * that tell by their words alone, and from what the model made of statements of repositories it had not seen. Evidence then
 * comes from all lines, those two held fast: in pairs that are alike but for a number the words say nothing by design, and would
 * be fitted to say nothing anywhere. Lines that the model learned from have no say: it is so sure of them that evidence seems to
 * add nothing. Levels are not fitted: see `levelTerms`.
 */
export function fitScore(all: readonly ScoreLine[], prior: number, leaveOut: readonly LeaveOutBin[] = []): FittedTerms {
  const lines = all.filter(({ group }) => group !== 'trained');
  const start = new Float64Array(FIRST_STEP + STEPS.length);
  start[CONTENT] = inverseSoftplus(1);
  const telling = lines.filter((line) => TELLING_KINDS.has(line.kind) && !isStated(line));
  const share = leaveOut.length === 0 ? 0 : STATEMENTS_SHARE;
  const wordExamples = weightedByPrior(telling, prior).map(({ line, weight }) => exampleOf(line, (1 - share) * weight));
  const statements = leaveOut.flatMap((bin) => examplesOf(bin, prior, share));
  const words = minimised([...wordExamples, ...statements], start, (at) => at <= BIAS);
  const examples = weightedByGroup(lines, prior).map(({ line, weight }) => exampleOf(line, weight));
  return termsOf(minimised(examples, words, (at) => at > BIAS));
}

function isStated({ statedLevel, evidence }: ScoreLine): boolean {
  return statedLevel !== undefined || evidence !== '';
}

function minimised(examples: readonly Example[], start: Float64Array, isFree: (at: number) => boolean): Float64Array {
  const objective = (theta: Float64Array) => {
    const { loss, gradient } = lossOf(theta, examples);
    return { loss, gradient: gradient.map((value, at) => (isFree(at) ? value : 0)) };
  };
  return minimise(objective, start, { iterations: 400, tolerance: 1e-6 });
}

function termsOf(theta: Float64Array): FittedTerms {
  const values = stepValues(theta);
  const evidence = STEPS.map(({ name }, at) => [name, round(values[at] ?? 0)]);
  return {
    content: round(softplus(theta[CONTENT] ?? 0)),
    bias: round(theta[BIAS] ?? 0),
    level: levelTerms(),
    inlineLevel: {
      higher: round(sigmoid(theta[INLINE_HIGHER] ?? 0)),
      lower: round(sigmoid(theta[INLINE_LOWER] ?? 0)),
    },
    evidence: Object.fromEntries(evidence.sort()),
  };
}

interface Weighted {
  readonly line: ScoreLine;
  readonly weight: number;
}

/** Our own pairs count twice as much as plain lines: they alone say what a level or a number is worth against the words. */
const SHARES: Readonly<Record<LineGroup, number>> = { own: 2 / 3, plain: 1 / 3, trained: 0 };

/** Weights that give each group its share, and make a share `prior` of each anomalous. */
function weightedByGroup(lines: readonly ScoreLine[], prior: number): readonly Weighted[] {
  return Array.from(Map.groupBy(lines, ({ group }) => group)).flatMap(([group, members]) =>
    weightedByPrior(members, prior).map(({ line, weight }) => ({ line, weight: weight * SHARES[group] })),
  );
}

/** Weights that make a share `prior` of the lines anomalous; sum 1. */
export function weightedByPrior(lines: readonly ScoreLine[], prior: number): readonly Weighted[] {
  const anomalous = lines.filter((line) => line.anomalous).length;
  return lines.map((line) => ({
    line,
    weight: line.anomalous ? prior / anomalous : (1 - prior) / (lines.length - anomalous),
  }));
}

function exampleOf({ content, anomalous, statedLevel, evidence }: ScoreLine, weight: number): Example {
  const named = evidence === '' ? [] : evidence.split(',').map(stepOf);
  const terms = levelTerms();
  const level = statedLevel === undefined ? 0 : terms[statedLevel];
  const inline = inlineLevel(evidence);
  const towardsInline = inline === undefined ? 0 : terms[inline] - level;
  const steps = named.filter((step) => step >= 0);
  return { content, level, towardsInline, steps, target: anomalous ? 1 - DOUBT : DOUBT, weight };
}

function examplesOf({ logOdds, normal, anomalous }: LeaveOutBin, prior: number, share: number): readonly Example[] {
  const said = { content: boundedLogOdds(logOdds), level: 0, towardsInline: 0, steps: [] };
  return [
    { ...said, target: 0, weight: share * (1 - prior) * normal },
    { ...said, target: 1, weight: share * prior * anomalous },
  ];
}

function stepOf(name: string): number {
  return STEPS.findIndex((step) => step.name === name);
}

/** Coefficients of the steps: running sums of positive steps, signed. */
function stepValues(theta: Float64Array): Float64Array {
  const values = new Float64Array(STEPS.length);
  STEPS.forEach(({ sign, first }, at) => {
    const before = first ? 0 : (values[at - 1] ?? 0) + sign * LEAST_STEP;
    values[at] = before + sign * softplus(theta[FIRST_STEP + at] ?? 0);
  });
  return values;
}

function lossOf(theta: Float64Array, examples: readonly Example[]): { loss: number; gradient: Float64Array } {
  const values = stepValues(theta);
  const byStep = new Float64Array(STEPS.length);
  const gradient = new Float64Array(theta.length);
  let loss = 0;
  for (const { content, level, towardsInline, steps, target, weight } of examples) {
    const inline = towardsInline > 0 ? INLINE_HIGHER : INLINE_LOWER;
    const inlineShare = sigmoid(theta[inline] ?? 0);
    let x = softplus(theta[CONTENT] ?? 0) * content + (theta[BIAS] ?? 0) + level + inlineShare * towardsInline;
    for (const step of steps) x += values[step] ?? 0;
    loss += weight * (softplus(x) - target * x);
    const error = weight * (sigmoid(x) - target);
    gradient[CONTENT] = (gradient[CONTENT] ?? 0) + error * content * sigmoid(theta[CONTENT] ?? 0);
    gradient[BIAS] = (gradient[BIAS] ?? 0) + error;
    gradient[inline] = (gradient[inline] ?? 0) + error * towardsInline * inlineShare * (1 - inlineShare);
    for (const step of steps) byStep[step] = (byStep[step] ?? 0) + error;
  }
  for (const [at, value] of values.entries()) {
    loss += (RIDGE / 2) * value ** 2;
    byStep[at] = (byStep[at] ?? 0) + RIDGE * value;
  }
  addStepGradient(gradient, byStep, theta);
  return { loss, gradient };
}

/** A step moves its own coefficient and those behind it in the chain. */
function addStepGradient(gradient: Float64Array, byStep: Float64Array, theta: Float64Array): void {
  let behind = 0;
  for (let at = STEPS.length - 1; at >= 0; at--) {
    behind = (STEPS[at + 1]?.first === false ? behind : 0) + (byStep[at] ?? 0);
    gradient[FIRST_STEP + at] = (STEPS[at]?.sign ?? 1) * behind * sigmoid(theta[FIRST_STEP + at] ?? 0);
  }
}

function softplus(x: number): number {
  return x > 30 ? x : Math.log1p(Math.exp(x));
}

function inverseSoftplus(y: number): number {
  return Math.log(Math.expm1(y));
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
