import * as z from 'zod';
import { SEVERITIES, type Severity } from '../domain/severity.ts';

const term = z.number().min(-20).max(20);

/** models/score.json: the coefficients of the content score, fitted by hand on minimal pairs (test/unit/cascade/minimal-pairs.ts). */
export const scoreSchema = z.strictObject({
  /** Weight of the model's own log-odds. */
  model: z.number().positive(),
  bias: term,
  level: z.strictObject({ none: term, debug: term, info: term, warn: term, error: term, critical: term }),
  /** Term of each kind of evidence; evidence that is not listed weighs nothing. */
  evidence: z.record(z.string(), term),
});
export type ScoreCoefficients = z.infer<typeof scoreSchema>;

export interface Content {
  /** Probability of each severity, in the order of SEVERITIES, sum 1. */
  readonly severities: readonly number[];
  readonly level: Severity | undefined;
  /** Comma-joined, as `MaskedRecord.evidence`. */
  readonly evidence: string;
}

/** A model is never taken to be surer than this, so that level and evidence can always be heard. */
const MOST_SURE = 0.001;
const FIRST_ANOMALOUS = SEVERITIES.indexOf('warn');

/**
 * The content score: `1 / (1 + exp(-x))`, `x = model · logit(p) + bias + level + Σ evidence`, where
 * `p = P(warn) + P(error) + P(critical)`. Level terms must not fall from debug to critical.
 * The severity follows from the same numbers: the likeliest on the side of 0.5 the score lies on,
 * and the author's own level where that lies on the same side.
 */
export function contentScore(content: Content, coefficients: ScoreCoefficients): { score: number; severity: Severity } {
  const anomalous = content.severities.slice(FIRST_ANOMALOUS).reduce((sum, p) => sum + p, 0);
  const x =
    coefficients.model * logit(anomalous) +
    coefficients.bias +
    coefficients.level[content.level ?? 'none'] +
    evidenceTerm(content.evidence, coefficients.evidence);
  const score = 1 / (1 + Math.exp(-x));
  return { score, severity: severityOf(content, score) };
}

function evidenceTerm(evidence: string, terms: Readonly<Record<string, number>>): number {
  if (evidence === '') return 0;
  return evidence.split(',').reduce((sum, name) => sum + (Object.hasOwn(terms, name) ? (terms[name] ?? 0) : 0), 0);
}

function severityOf({ severities, level }: Content, score: number): Severity {
  const side = score >= 0.5 ? SEVERITIES.slice(FIRST_ANOMALOUS) : SEVERITIES.slice(0, FIRST_ANOMALOUS);
  if (level !== undefined && side.includes(level)) return level;
  const likelihood = (severity: Severity) => severities[SEVERITIES.indexOf(severity)] ?? 0;
  return side.reduce((best, severity) => (likelihood(severity) > likelihood(best) ? severity : best));
}

function logit(p: number): number {
  const bounded = Math.min(1 - MOST_SURE, Math.max(MOST_SURE, p));
  return Math.log(bounded / (1 - bounded));
}

/** Severity probabilities where a rule or a label states the severity and no model was asked: .9 on it, the rest spread evenly. */
export function statedSeverities(stated: Severity): readonly number[] {
  return SEVERITIES.map((severity) => (severity === stated ? 0.9 : 0.1 / (SEVERITIES.length - 1)));
}
