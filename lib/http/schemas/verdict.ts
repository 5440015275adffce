import * as z from 'zod';
import { SEVERITIES } from '../../domain/severity.ts';
import { STAGES, type Verdict } from '../../domain/verdict.ts';

const probability = z.number().min(0).max(1);

/** Counts by name. */
export const countsSchema = z.record(z.string(), z.int().min(0));

const verdictShape = {
  category: z.string().describe('One of the labels, or `Unclassified`.'),
  confidence: probability.describe('Probability that the category is right.'),
  anomaly: z
    .object({
      score: probability.describe('Content score: how likely the record is an anomaly, from the record alone.'),
      isAnomaly: z.boolean().describe('The score is at or above the threshold.'),
      threshold: probability,
    })
    .describe('A question of its own, whatever the category.'),
  severity: z.enum(SEVERITIES),
  stage: z.enum(STAGES).describe('The stage that settled the category; `none` where no stage was sure enough.'),
  ruleId: z.string().optional(),
  model: z.object({ id: z.string(), version: z.string() }),
  patternId: z.string().describe('Content hash of the pattern, the same in every process.'),
  pattern: z.string().describe('The message with its variable parts masked.'),
  reason: z.string().describe('One sentence for people.'),
  degraded: z.literal(true).optional().describe('A stage was off, failed or out of time; never cached.'),
  truncated: z.literal(true).optional().describe('The message was too long to be read whole.'),
};

/** A verdict as the API writes it. */
export const verdictSchema = z.object(verdictShape).meta({ id: 'Verdict' }) satisfies z.ZodType<Verdict>;

/** A verdict under the name that the log classifier gave it. */
export const labelledVerdictSchema = z
  .object({
    target_label: z.string().describe('The category, under its name in the replaced program.'),
    ...verdictShape,
  })
  .meta({ id: 'LabelledVerdict' });
