import * as z from 'zod';
import { LIMITS } from '../../domain/limits.ts';
import { tenantRuleSchema, tenantRulesSchema } from '../../domain/tenant-rule.ts';
import { ifMatchHeader } from '../if-match.ts';
import { defineRoute } from '../route.ts';

const base = { handledBy: 'classify-http', tag: 'Settings' } as const;
const limits = { wireBytes: LIMITS.requestBytes, inflatedBytes: LIMITS.requestBytes, instead: 'Send fewer rules.' };
const etag = { ETag: { description: 'The version of the settings, for If-Match.', example: '"8f1d3a90c2b45e67"' } };
const ruleReplySchema = tenantRuleSchema.meta({ id: 'Rule' });
const standing = {
  description: 'The rules as they stand.',
  json: z.object({
    rules: z.array(ruleReplySchema).describe('The tenant’s own, asked first, in order.'),
    serviceRules: z
      .array(z.object({ id: z.string(), label: z.string(), pattern: z.string() }))
      .describe('Those that come with the service.'),
    changedAt: z.iso.datetime().optional(),
  }),
  headers: etag,
};
const LINEAR =
  'Patterns are RE2: no backreferences, no lookaround, so that they take linear time whatever the text. They are matched against the canonical text of a record, in which what varies is replaced by a filler (`POST /v1/rules/test` shows it).';

export const getRules = defineRoute({
  ...base,
  id: 'getRules',
  method: 'GET',
  path: '/v1/rules',
  scope: 'read',
  summary: 'The tenant’s rules, and the service’s',
  replies: { 200: standing },
  examples: [{ name: 'rules', summary: 'As they stand', status: 200 }],
});

export const putRules = defineRoute({
  ...base,
  id: 'putRules',
  method: 'PUT',
  path: '/v1/rules',
  scope: 'admin',
  summary: 'Sets the tenant’s rules anew',
  description: `All of them, at most ${LIMITS.rules} of ${LIMITS.rulePatternChars} characters; the first that matches wins, before any of the service's. ${LINEAR} A label has to be one of the tenant's, or of the service's where the tenant has set none. New requests and jobs go by them within ${LIMITS.tenantSettingsSeconds} s.`,
  headers: ifMatchHeader,
  body: { limits, json: z.strictObject({ rules: tenantRulesSchema }) },
  replies: { 200: standing },
  problems: { 412: 'The settings were changed since.' },
  examples: [{ name: 'none', summary: 'No rules', body: { rules: [] }, status: 200 }],
});

export const testRules = defineRoute({
  ...base,
  id: 'testRules',
  method: 'POST',
  path: '/v1/rules/test',
  scope: 'read',
  summary: 'What rules would make of lines, before they are live',
  description: `Nothing is stored or counted. Without \`rules\` the tenant's own are tried. ${LINEAR}`,
  body: {
    limits,
    json: z.strictObject({
      rules: tenantRulesSchema.optional(),
      log_entries: z
        .array(
          z.union([
            z.string().max(LIMITS.messageChars),
            z.strictObject({
              source: z.string().max(LIMITS.sourceChars).default(''),
              log_message: z.string().max(LIMITS.messageChars),
            }),
          ]),
        )
        .min(1)
        .max(LIMITS.listItems),
    }),
  },
  replies: {
    200: {
      description: 'Line by line, in the order sent.',
      json: z.object({
        results: z.array(
          z.object({
            pattern: z.string(),
            canonical: z.string().describe('What rules are matched against.'),
            ruleId: z.string().optional().describe('Absent: none of these rules matches.'),
            label: z.string().optional(),
          }),
        ),
        matched: z.int().min(0),
      }),
    },
  },
  examples: [
    { name: 'own', summary: 'The tenant’s own rules', body: { log_entries: ['payment 12 declined'] }, status: 200 },
  ],
});

export const ruleRoutes = [getRules, putRules, testRules] as const;
