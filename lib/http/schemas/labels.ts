import * as z from 'zod';
import { askedLabelsShape } from '../../domain/label-set.ts';

/** One in a million; far smaller ones DynamoDB does not store, and nobody has counted. */
const LEAST_RATE = 1e-6;

const anomalyBaseRate = z
  .number()
  .min(LEAST_RATE)
  .max(1 - LEAST_RATE)
  .describe('Share of anomalies among the tenant’s records, where it is known; scores are then probabilities for it.');

/** What `PUT /v1/labels` takes. */
export const settingsBodySchema = z.strictObject({
  ...askedLabelsShape,
  anomaly_base_rate: anomalyBaseRate.optional(),
});

/** A tenant's settings as it sees them. */
export const settingsSchema = z.object({
  labels: z
    .array(z.object({ name: z.string(), description: z.string().optional(), examples: z.array(z.string()) }))
    .describe('Empty: the service’s own.'),
  hypothesis_template: z.string().optional(),
  anomaly_base_rate: anomalyBaseRate.optional(),
  changedAt: z.string().optional(),
});
