import type { ScoreFormula } from '../../lib/cascade/content-score.ts';
import { minimise } from '../../lib/cascade/training/lbfgs.ts';
import { SEVERITIES, type Severity } from '../../lib/domain/severity.ts';
import type { LineGroup, ScoreLine } from './score-lines.ts';

/**
 * The coefficients are sums of positive steps outwards from zero: each name of a chain weighs more than the one before it, and its
 * sign is that of the chain. So no fit, on whatever lines, can make a 200 worse than a 503 or WARN worse than ERROR.
 */
const CHAINS: readonly { readonly sign: 1 | -1; readonly names: readonly string[] }[] = [
  { sign: -1, names: ['level:info', 'level:debug'] },
  { sign: 1, names: ['level:warn', 'level:error', 'level:critical'] },
  { sign: -1, names: ['inline:info', 'inline:debug'] },
  { sign: 1, names: ['inline:warn', 'inline:error', 'inline:critical'] },
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

/** Parameters before the steps: content slope and bias, and those of lines the model was trained on, which are not kept. */
const HEADS = { content: 0, trained: 2 } as const;
const FIRST_STEP = 4;
/** Lines whose words differ, so that they say how much words count. Pairs that differ in a number only would say: nothing. */
const TELLING_KINDS = new Set(['plain', 'content', 'error-word-benign']);

/** Our lines are plainer than life: this share of them is taken to be labelled wrong, or no weight would ever be enough. */
const DOUBT = 0.02;
/** What a name in a chain weighs more than the one before it, at least. */
const LEAST_STEP = 0.25;

/** Pulls evidence and level towards nothing said, by half its square. */
const RIDGE = 5e-5;

/**
 * How authors choose levels, given what a person says of the line: rows by severity, columns in the order of SEVERITIES. A tenth
 * crosses the line between info and warn: of texts that stand in several repositories, 22% have levels on both sides of it, so one
 * author in eight differs (2 · e · (1 - e) = .22).
 */
const LEVELS_GIVEN: Readonly<Record<Severity, readonly number[]>> = {
  debug: [0.62, 0.33, 0.045, 0.004, 0.0005],
  info: [0.15, 0.74, 0.105, 0.004, 0.0005],
  warn: [0.03, 0.12, 0.63, 0.2, 0.02],
  error: [0.02, 0.08, 0.15, 0.65, 0.1],
  critical: [0.01, 0.04, 0.05, 0.35, 0.55],
};

interface Example {
  readonly content: number;
  readonly head: number;
  /** Indexes into STEPS. */
  readonly steps: readonly number[];
  readonly target: number;
  readonly weight: number;
}

/** What a fit found; `trained` is only for the report: content and bias of lines the model was trained on. */
export interface Fit {
  readonly formula: Pick<ScoreFormula, 'content' | 'bias' | 'level' | 'evidence'>;
  readonly trained: { readonly content: number; readonly bias: number };
}

/**
 * Logistic regression of "anomalous" by L-BFGS, in two steps. The weight of the model's log-odds and the bias come from lines that
 * tell by their words alone. Level and evidence then come from all lines, those two held fast: in pairs that are alike but for a
 * number the words say nothing by design, and would be fitted to say nothing anywhere.
 */
export function fitScore(lines: readonly ScoreLine[], prior: number): Fit {
  const start = new Float64Array(FIRST_STEP + STEPS.length);
  start[HEADS.content] = start[HEADS.trained] = inverseSoftplus(1);
  const telling = lines.filter((line) => TELLING_KINDS.has(line.kind) && line.group !== 'trained' && !isStated(line));
  const wordExamples = weightedByPrior(telling, prior).map(({ line, weight }) => exampleOf(line, [], weight));
  const words = minimised(wordExamples, start, (at) => at < HEADS.trained);
  const examples = weightedByGroup(lines, prior).flatMap(({ line, weight }) => examplesOf(line, weight));
  return fitOf(minimised(examples, words, (at) => at >= HEADS.trained));
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

function fitOf(theta: Float64Array): Fit {
  const values = stepValues(theta);
  const valueNamed = (name: string) => round(values[stepOf(name)] ?? 0);
  const evidence = STEPS.filter(({ name }) => !name.startsWith('level:')).map(({ name }) => [name, valueNamed(name)]);
  const headAt = (at: number) => ({ content: round(softplus(theta[at] ?? 0)), bias: round(theta[at + 1] ?? 0) });
  return {
    formula: {
      ...headAt(HEADS.content),
      level: {
        debug: valueNamed('level:debug'),
        info: valueNamed('level:info'),
        warn: valueNamed('level:warn'),
        error: valueNamed('level:error'),
        critical: valueNamed('level:critical'),
      },
      evidence: Object.fromEntries(evidence.sort()),
    },
    trained: headAt(HEADS.trained),
  };
}

interface Weighted {
  readonly line: ScoreLine;
  readonly weight: number;
}

/** Our own pairs count as much as all the rest: they alone say what a level or a number is worth against the words. */
const SHARES: Readonly<Record<LineGroup, number>> = { own: 0.5, plain: 0.25, trained: 0.25 };

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

/** Every line without a level stands once without, and once (in parts) with each. */
function examplesOf(line: ScoreLine, weight: number): Example[] {
  const named = line.evidence === '' ? [] : line.evidence.split(',').map(stepOf);
  const evidence = named.filter((step) => step >= 0);
  if (line.statedLevel !== undefined)
    return [exampleOf(line, [...evidence, stepOf(`level:${line.statedLevel}`)], weight)];
  const given = LEVELS_GIVEN[line.severity];
  const whole = given.reduce((sum, share) => sum + share, 0);
  return [
    exampleOf(line, evidence, weight / 2),
    ...SEVERITIES.map((level, at) =>
      exampleOf(line, [...evidence, stepOf(`level:${level}`)], ((weight / 2) * (given[at] ?? 0)) / whole),
    ),
  ];
}

function exampleOf({ group, content, anomalous }: ScoreLine, steps: readonly number[], weight: number): Example {
  const head = group === 'trained' ? HEADS.trained : HEADS.content;
  return { content, head, steps, target: anomalous ? 1 - DOUBT : DOUBT, weight };
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
  for (const { content, head, steps, target, weight } of examples) {
    let x = softplus(theta[head] ?? 0) * content + (theta[head + 1] ?? 0);
    for (const step of steps) x += values[step] ?? 0;
    loss += weight * (softplus(x) - target * x);
    const error = weight * (sigmoid(x) - target);
    gradient[head] = (gradient[head] ?? 0) + error * content * sigmoid(theta[head] ?? 0);
    gradient[head + 1] = (gradient[head + 1] ?? 0) + error;
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
