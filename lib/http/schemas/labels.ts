import * as z from 'zod';
import { askedLabelsShape } from '../../domain/label-set.ts';

const anomalyBaseRate = z
  .number()
  .gt(0)
  .lt(1)
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
