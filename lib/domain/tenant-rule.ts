import * as z from 'zod';
import { LIMITS } from './limits.ts';
import { SEVERITIES } from './severity.ts';

/** A tenant's rule: it names the category of every text that its pattern is found in, before any rule of the service's. */
export const tenantRuleSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{2,64}$/, 'a rule id is 2 to 64 of a-z, 0-9 and -'),
  label: z.string().min(1).max(LIMITS.labelChars),
  /** RE2 syntax: linear time whatever the text. */
  pattern: z.string().min(3).max(LIMITS.rulePatternChars),
  confidence: z.number().min(0).max(1).default(0.99),
  severity: z.enum(SEVERITIES).optional(),
});
export type TenantRule = z.infer<typeof tenantRuleSchema>;

export const tenantRulesSchema = z
  .array(tenantRuleSchema)
  .max(LIMITS.rules, `at most ${LIMITS.rules} rules`)
  .superRefine((rules, context) => {
    const seen = new Set<string>();
    for (const [index, { id }] of rules.entries()) {
      if (seen.has(id)) context.addIssue({ code: 'custom', path: [index, 'id'], message: 'two rules have this id' });
      seen.add(id);
    }
  });
