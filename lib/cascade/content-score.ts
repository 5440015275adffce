import * as z from 'zod';
import { FIRST_ANOMALOUS, SEVERITIES, type Severity } from '../domain/severity.ts';
import { coverageSchema } from './covered-scripts.ts';

const term = z.number().min(-20).max(20);
const openProbability = z.number().gt(0).lt(1);
const share = z.number().min(0).max(1);

/** The coefficients of the content score, all in log-odds. */
export const formulaSchema = z.strictObject({
  /** Share of anomalies that scores are probabilities for; an owner's own is the setting `anomalyBaseRate`. */
  prior: openProbability,
  /** Weight of the model's own log-odds. */
  content: z.number().positive(),
  bias: term,
  /** Terms of a given level, next to none given; they do not fall from debug to critical. */
  level: z
    .strictObject({ debug: term, info: term, warn: term, error: term, critical: term })
    .refine(
      (level) => SEVERITIES.every((name, at) => level[name] >= level[SEVERITIES[at - 1] ?? name]),
      'a higher level has a lower term',
    ),
  /**
   * Where the line itself names another level than the record was given (evidence `inline:error` and kin): the share of the way from
   * the given level's term to that of the line's own, for one that is higher and one that is lower.
   */
  inlineLevel: z.strictObject({ higher: share, lower: share }),
  /** Term of each other kind of evidence (lib/masking/evidence.ts); evidence that is not listed weighs nothing. */
  evidence: z.record(z.string(), term),
  /** What the model can read. */
  covers: coverageSchema,
});
export type ScoreFormula = z.infer<typeof formulaSchema>;

/** models/score.json, written by models/training/train-score.ts; all but the formula is for people. */
export const scoreFileSchema = z.strictObject({
  formula: formulaSchema,
  fit: z.looseObject({
    /** `id@version` of the model whose outputs the coefficients were fitted to. */
    model: z.string(),
    /** MASKING_VERSION of the lines it was fitted on. */
    masking: z.string(),
  }),
});
export type ScoreFile = z.infer<typeof scoreFileSchema>;

/** A sentence where the coefficients were fitted to the outputs of another model or masking: scores still order lines, but are calibrated for that one. */
export function fitMismatch(
  fit: ScoreFile['fit'],
  now: { readonly model: string; readonly masking: string },
): string | undefined {
  if (fit.model === now.model && fit.masking === now.masking) return undefined;
  return `score.json was fitted for ${fit.model}, masking ${fit.masking}; these are ${now.model}, masking ${now.masking}: run npm run train:score`;
}

export interface Content {
  /** Probability of each severity, in the order of SEVERITIES, sum 1; undefined where the model cannot read the text. */
  readonly severities: readonly number[] | undefined;
  readonly level: Severity | undefined;
  /** Comma-joined, as `MaskedRecord.evidence`. */
  readonly evidence: string;
}

/** A model is never taken to be surer than 99%, so that level and evidence can always be heard. */
const MOST_LOG_ODDS = Math.log(99);
/** Of a text that could not be read, only the side of one half is known. */
const UNREAD = [0.1, 0.4, 0.3, 0.15, 0.05];

/**
 * The content score: `1 / (1 + exp(-x))`, `x = content · logit(p) + bias + level + Σ evidence + shift`, where
 * `p = P(warn) + P(error) + P(critical)` and `shift = logit(base rate) - logit(prior)` is Bayes' rule for an owner whose
 * lines hold more or fewer anomalies. Where the model cannot read the text, `logit(prior)` stands for its term and the bias.
 * `level` is `levelTerm`'s, so that the score never falls when either the given level or the line's own rises.
 * The severity follows from the same numbers: the likeliest on the side of 0.5 the score lies on,
 * and the author's own level where that lies on the same side.
 */
export function contentScore(
  content: Content,
  formula: ScoreFormula,
  baseRate: number = formula.prior,
): { score: number; severity: Severity } {
  const { severities, level, evidence } = content;
  const x =
    (severities === undefined ? logit(formula.prior) : formula.content * contentOf(severities) + formula.bias) +
    levelTerm(level, inlineLevel(evidence), formula) +
    evidenceTerm(evidence, formula.evidence);
  const score = shiftPrior(1 / (1 + Math.exp(-x)), formula.prior, baseRate);
  return { score, severity: severityOf(severities ?? UNREAD, level, score) };
}

/** A probability that holds where a share `from` of lines are anomalies, as it is where `to` of them are. */
export function shiftPrior(probability: number, from: number, to: number): number {
  if (from === to) return probability;
  const anomalous = (probability * to) / from;
  return anomalous / (anomalous + ((1 - probability) * (1 - to)) / (1 - from));
}

/** The model's log-odds that a text tells of something wrong, bounded. */
export function contentOf(severities: readonly number[]): number {
  const anomalous = severities.slice(FIRST_ANOMALOUS).reduce((sum, p) => sum + p, 0);
  return boundedLogOdds(logit(Math.min(1, anomalous)));
}

export function boundedLogOdds(logOdds: number): number {
  return Math.min(MOST_LOG_ODDS, Math.max(-MOST_LOG_ODDS, logOdds));
}

function logit(p: number): number {
  return Math.log(p / (1 - p));
}

/** The given level's term, drawn towards that of the level in the line itself where that is another one. */
function levelTerm(given: Severity | undefined, inline: Severity | undefined, formula: ScoreFormula): number {
  const term = given === undefined ? 0 : formula.level[given];
  if (inline === undefined) return term;
  const own = formula.level[inline];
  return term + (own > term ? formula.inlineLevel.higher : formula.inlineLevel.lower) * (own - term);
}

const INLINE = 'inline:';

/** The level that evidence says stood in the line. */
export function inlineLevel(evidence: string): Severity | undefined {
  const at = evidence.indexOf(INLINE);
  return at < 0 ? undefined : SEVERITIES.find((severity) => evidence.startsWith(severity, at + INLINE.length));
}

function evidenceTerm(evidence: string, terms: Readonly<Record<string, number>>): number {
  if (evidence === '') return 0;
  return evidence.split(',').reduce((sum, name) => sum + (Object.hasOwn(terms, name) ? (terms[name] ?? 0) : 0), 0);
}

function severityOf(severities: readonly number[], level: Severity | undefined, score: number): Severity {
  const side = score >= 0.5 ? SEVERITIES.slice(FIRST_ANOMALOUS) : SEVERITIES.slice(0, FIRST_ANOMALOUS);
  if (level !== undefined && side.includes(level)) return level;
  const likelihood = (severity: Severity) => severities[SEVERITIES.indexOf(severity)] ?? 0;
  return side.reduce((best, severity) => (likelihood(severity) > likelihood(best) ? severity : best));
}

/** Severity probabilities where a rule or a label states the severity and no model was asked: .9 on it, the rest spread evenly. */
export function statedSeverities(stated: Severity): readonly number[] {
  return SEVERITIES.map((severity) => (severity === stated ? 0.9 : 0.1 / (SEVERITIES.length - 1)));
}
