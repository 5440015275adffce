import { judgeRecords } from '../cascade/judge-records.ts';
import type { OwnersCascade } from '../cascade/types.ts';
import { type LabelSet, toLabelSet } from '../domain/label-set.ts';
import type { Terms } from '../domain/terms.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { Analysis, AnalyzeBody } from './schemas/analyze.ts';

export interface AnalyzeOptions {
  /** Milliseconds left before the answer is due. */
  readonly remainingMs: () => number;
  /** What to judge by, given the labels that the request sends. */
  readonly termsOf: (asked: LabelSet | undefined) => Promise<Terms>;
}

/** One analysis for one message, several for several, in the order sent. */
export async function analyze(
  cascade: OwnersCascade,
  tenant: string,
  body: AnalyzeBody,
  { remainingMs, termsOf }: AnalyzeOptions,
): Promise<Analysis | readonly Analysis[]> {
  const labels = Array.isArray(body) ? undefined : toLabelSet(body);
  const entries = toEntries(body);
  const records = entries.map(({ log_message }) => ({ source: '', message: log_message }));
  const asked = await cascade.inTerms(await termsOf(labels));
  // The threshold is each entry's own and is applied below; scores hold under any.
  const verdicts = await judgeRecords(asked, tenant, records, { threshold: 0.5, remainingMs });
  const analyses = entries.flatMap((entry, index) => {
    const verdict = verdicts[index];
    return verdict === undefined ? [] : [verdictToAnalysis(entry, verdict, labels !== undefined)];
  });
  const [first] = analyses;
  return 'log_message' in body && first !== undefined ? first : analyses;
}

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
