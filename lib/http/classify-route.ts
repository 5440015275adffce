import * as z from 'zod';
import { judgeRecords } from '../cascade/judge-records.ts';
import type { OwnersCascade } from '../cascade/types.ts';
import { askedLabelsShape, type LabelSet, toLabelSet } from '../domain/label-set.ts';
import { LIMITS } from '../domain/limits.ts';
import type { LogRecord } from '../domain/record.ts';
import type { Terms } from '../domain/terms.ts';
import type { Verdict } from '../domain/verdict.ts';
import { type ApiReply, type ApiRequest, jsonReply } from './api-request.ts';
import { parseJson, readBytes } from './read-body.ts';

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

export interface ClassifyOptions {
  readonly anomalyThreshold: number;
  /** Milliseconds left before the answer is due. */
  readonly remainingMs: () => number;
  /** What to judge by, given the labels that the request sends; absent, the service's own and nothing else is read. */
  readonly termsOf?: (asked: LabelSet | undefined) => Promise<Terms>;
}

/** `POST /v1/classify`, and `POST /classify/` as the program that this replaces had it: an answer now, in the order asked. */
export async function classifyRoute(
  cascade: OwnersCascade,
  request: ApiRequest,
  options: ClassifyOptions,
): Promise<ApiReply> {
  const bytes = await readBytes(request, {
    wireBytes: LIMITS.classifyBytes,
    inflatedBytes: LIMITS.classifyBytes,
    instead: 'Send it as POST /v1/batches, or as a file by POST /v1/uploads.',
  });
  const schema = options.termsOf === undefined ? classifyBodySchema : ownLabelsBodySchema;
  const body: z.infer<typeof ownLabelsBodySchema> = parseJson(bytes, schema);
  const terms = await options.termsOf?.(toLabelSet(body));
  const asked = terms === undefined ? cascade : await cascade.inTerms(terms);
  const verdicts = await judgeRecords(asked, request.caller.tenant, body.log_entries, {
    threshold: body.threshold ?? options.anomalyThreshold,
    remainingMs: options.remainingMs,
  });
  return jsonReply(200, {
    results: verdicts.map((verdict) => ({ target_label: verdict.category, ...verdict })),
    summary: summarize(verdicts),
  });
}

function summarize(verdicts: readonly Verdict[]) {
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
