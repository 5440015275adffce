import { RE2JS, RE2Set } from 're2js';
import * as z from 'zod';
import { InvalidInput } from '../domain/errors.ts';
import { SEVERITIES } from '../domain/severity.ts';

/** A rule names the category of every text its pattern is found in. The first rule of the file that matches wins. */
export const ruleSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{2,64}$/, 'a rule id is kebab-case'),
  label: z.string().min(1),
  /** RE2 syntax (no backreferences, no lookaround): linear time whatever the text. */
  pattern: z.string().min(3).max(1000),
  /** What its author claims; calibration.json says how often it was right, once that has been counted. */
  confidence: z.number().min(0).max(1).default(0.99),
  /** Stated only where every text of the rule has it; else the model says. */
  severity: z.enum(SEVERITIES).optional(),
});
export type Rule = z.infer<typeof ruleSchema>;

/** models/rules.json */
export const rulesSchema = z
  .strictObject({ rules: z.array(ruleSchema).max(1000) })
  .refine(({ rules }) => new Set(rules.map(({ id }) => id)).size === rules.length, 'two rules have one id');

export type RuleMatcher = (canonical: string) => Rule | undefined;

/** All rules as one automaton: a text is read once, whatever the number of rules. Throws `InvalidInput('rules')` for a pattern that is not RE2, a label that is not listed, or more than one automaton holds. */
export function compileRules(rules: readonly Rule[], labels: ReadonlySet<string>): RuleMatcher {
  const set = new RE2Set();
  for (const rule of rules) {
    if (!labels.has(rule.label))
      throw new InvalidInput('rules', `rule ${rule.id}: ${rule.label} is not among the labels`);
    addPattern(set, rule);
  }
  try {
    set.compile();
  } catch (cause) {
    throw new InvalidInput('rules', 'The rules are too large together', { cause });
  }
  return (canonical) => rules[Math.min(...set.match(canonical))];
}

function addPattern(set: RE2Set, rule: Rule): void {
  try {
    RE2JS.compile(rule.pattern);
    set.add(rule.pattern);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'not a pattern';
    throw new InvalidInput('rules', `rule ${rule.id}: ${why}`, { cause });
  }
}
