import * as z from 'zod';
import { SEVERITIES } from './severity.ts';
import { DEGRADATIONS, type Decision, STAGES } from './verdict.ts';

/** A decision as it was stored: pages and the verdict cache read theirs through this. */
export const decisionSchema = z.strictObject({
  category: z.string(),
  confidence: z.number(),
  score: z.number(),
  severity: z.enum(SEVERITIES),
  stage: z.enum(STAGES),
  ruleId: z.string().optional(),
  model: z.strictObject({ id: z.string(), version: z.string() }),
  reason: z.string(),
  degraded: z.enum(DEGRADATIONS).optional(),
  truncated: z.literal(true).optional(),
}) satisfies z.ZodType<Decision>;
