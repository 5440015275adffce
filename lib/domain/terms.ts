import * as z from 'zod';
import { type LabelSet, labelSetSchema } from './label-set.ts';
import { type TenantRule, tenantRulesSchema } from './tenant-rule.ts';

/** What a tenant or a request asks for in place of the service's own settings; what is absent is the service's own. */
export interface Terms {
  readonly labels?: LabelSet;
  /** Asked before the service's own rules. */
  readonly rules?: readonly TenantRule[];
  /** Share of anomalies among the tenant's records, where it is known. */
  readonly anomalyBaseRate?: number;
}

/** Terms as they were stored. */
export const termsSchema = z.strictObject({
  labels: labelSetSchema.optional(),
  rules: tenantRulesSchema.optional(),
  anomalyBaseRate: z.number().gt(0).lt(1).optional(),
}) satisfies z.ZodType<Terms>;
