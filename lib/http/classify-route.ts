import * as z from 'zod';
import { judgeRecords } from '../cascade/judge-records.ts';
import type { Cascade } from '../cascade/types.ts';
import { askedLabelsShape } from '../domain/label-set.ts';
import { LIMITS } from '../domain/limits.ts';
import type { LogRecord } from '../domain/record.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { summarySchema } from './schemas/summary.ts';

const text = z.string().max(LIMITS.recordBytes);
const entrySchema = z.union([
  text.transform((message): LogRecord => ({ source: '', message })),
  z
    .object({
      source: z.string().max(LIMITS.sourceChars).default(''),
      log_message: text,
      level: z.string().max(64).nullish(),
      timestamp: z.string().max(64).nullish(),
    })
    .transform(
      ({ source, log_message, level, timestamp }): LogRecord => ({
        source,
        message: log_message,
        level: level ?? undefined,
        timestamp: timestamp ?? undefined,
      }),
    ),
]);

export const classifyBodySchema = z.object({
  log_entries: z
    .array(entrySchema)
    .min(1, 'send at least one entry')
    .max(
      LIMITS.classifyRecords,
      `at most ${LIMITS.classifyRecords} entries a call; send more as POST /v1/batches or a file`,
    ),
  threshold: z.number().min(0).max(1).optional(),
});

/** The same with labels of the caller's own. */
export const ownLabelsBodySchema = classifyBodySchema.extend(askedLabelsShape);

export type ClassifyBody = z.output<typeof classifyBodySchema>;

export interface ClassifyOptions {
  readonly anomalyThreshold: number;
  /** Milliseconds left before the answer is due. */
  readonly remainingMs: () => number;
}

/** A verdict for each record, in the order asked, and what they come to. */
export async function classifyEntries(
  cascade: Cascade,
  tenant: string,
  { log_entries, threshold }: ClassifyBody,
  { anomalyThreshold, remainingMs }: ClassifyOptions,
) {
  const verdicts = await judgeRecords(cascade, tenant, log_entries, {
    threshold: threshold ?? anomalyThreshold,
    remainingMs,
  });
  return {
    results: verdicts.map((verdict) => ({ target_label: verdict.category, ...verdict })),
    summary: summarize(verdicts),
  };
}

function summarize(verdicts: readonly Verdict[]): z.infer<typeof summarySchema> {
  const count = (key: (verdict: Verdict) => string) => {
    const counts: Record<string, number> = {};
    for (const verdict of verdicts) counts[key(verdict)] = (counts[key(verdict)] ?? 0) + 1;
    return counts;
  };
  return {
    records: verdicts.length,
    anomalies: verdicts.filter(({ anomaly }) => anomaly.isAnomaly).length,
    degraded: verdicts.filter(({ degraded }) => degraded).length,
    byCategory: count(({ category }) => category),
    byStage: count(({ stage }) => stage),
    bySeverity: count(({ severity }) => severity),
  };
}
