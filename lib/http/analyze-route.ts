import type { AnomalyAnswer, AnomalyQuestion } from '../cascade/anomaly-question.ts';
import { askMessages } from '../cascade/anomaly-questions.ts';
import { judgeRecords } from '../cascade/judge-records.ts';
import type { OwnersCascade } from '../cascade/types.ts';
import { InvalidInput } from '../domain/errors.ts';
import { type LabelSet, toLabelSet } from '../domain/label-set.ts';
import type { Terms } from '../domain/terms.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { Analysis, AnalyzeBody } from './schemas/analyze.ts';

export interface AnalyzeOptions {
  /** Milliseconds left before the answer is due. */
  readonly remainingMs: () => number;
  /** Counts lines, once nothing about the body can be refused any more. */
  readonly charge: (lines: number) => Promise<void>;
  /** What to judge by, given the labels that the request sends. */
  readonly termsOf: (asked: LabelSet | undefined) => Promise<Terms>;
  /** The anomaly question in a wording. */
  readonly questionOf: (wording: string) => Promise<AnomalyQuestion>;
}

/** One analysis for one message, several for several, in the order sent. */
export async function analyze(
  cascade: OwnersCascade,
  tenant: string,
  body: AnalyzeBody,
  options: AnalyzeOptions,
): Promise<Analysis | readonly Analysis[]> {
  const analyses =
    Array.isArray(body) || body.question === undefined
      ? await judge(cascade, tenant, body, options)
      : await ask(body, body.question, options);
  const [first] = analyses;
  return 'log_message' in body && first !== undefined ? first : analyses;
}

/** By the content score. */
async function judge(
  cascade: OwnersCascade,
  tenant: string,
  body: AnalyzeBody,
  { remainingMs, charge, termsOf }: AnalyzeOptions,
): Promise<readonly Analysis[]> {
  const labels = Array.isArray(body) ? undefined : toLabelSet(body);
  const entries = toEntries(body);
  await charge(entries.length);
  const records = entries.map(({ log_message }) => ({ source: '', message: log_message }));
  const asked = await cascade.inTerms(await termsOf(labels));
  // The threshold is each entry's own and is applied below; scores hold under any.
  const verdicts = await judgeRecords(asked, tenant, records, { threshold: 0.5, remainingMs });
  return entries.flatMap((entry, index) => {
    const verdict = verdicts[index];
    return verdict === undefined ? [] : [verdictToAnalysis(entry, verdict, labels !== undefined)];
  });
}

/** By the zero-shot model. Throws `InvalidInput` where labels are sent too. */
async function ask(
  body: AskingBody,
  wording: string,
  { remainingMs, charge, questionOf }: AnalyzeOptions,
): Promise<readonly Analysis[]> {
  if (toLabelSet(body) !== undefined) throw questionWithLabels();
  const question = await questionOf(wording);
  const entries = toEntries(body);
  await charge(entries.length);
  const messages = entries.map(({ log_message }) => log_message);
  const answers = await askMessages(question, messages, { threshold: body.threshold, remainingMs });
  return entries.flatMap((entry, index) => {
    const answer = answers[index];
    return answer === undefined ? [] : [answerToAnalysis(entry, answer)];
  });
}

function questionWithLabels(): InvalidInput {
  const message = 'is one of its own: send it without labels';
  return new InvalidInput('invalid-body', `question ${message}`, { issues: [{ path: 'question', message }] });
}

type AskingBody = Exclude<AnalyzeBody, readonly unknown[]>;

interface Entry {
  readonly log_message: string;
  readonly threshold: number;
}

function toEntries(body: AnalyzeBody): readonly Entry[] {
  if (Array.isArray(body)) return body;
  if ('log_message' in body) return [body];
  return body.log_messages.map((log_message) => ({ log_message, threshold: body.threshold }));
}

/** The label follows `is_anomaly`, and the confidence is the probability of that label. */
function verdictToAnalysis({ log_message, threshold }: Entry, verdict: Verdict, withCategory: boolean): Analysis {
  const { score } = verdict.anomaly;
  const isAnomaly = score >= threshold;
  return {
    log_message,
    label: isAnomaly ? 'anomaly' : 'normal',
    confidence: isAnomaly ? score : 1 - score,
    is_anomaly: isAnomaly,
    threshold,
    ...(withCategory ? { category: verdict.category, category_confidence: verdict.confidence } : {}),
  };
}

function answerToAnalysis({ log_message, threshold }: Entry, answer: AnomalyAnswer): Analysis {
  const { label, confidence, isAnomaly, model } = answer;
  return { log_message, label, confidence, is_anomaly: isAnomaly, threshold, model };
}
