import { RE2JS } from 're2js';
import { InvalidInput, type Issue } from '../domain/errors.ts';
import { LIMITS } from '../domain/limits.ts';
import type { LogRecord } from '../domain/record.ts';
import type { TenantRule } from '../domain/tenant-rule.ts';
import { maskRecord } from '../masking/mask-record.ts';
import { compileRules, type RuleMatcher } from './rules.ts';

/** Constructs that make a pattern's time grow faster than its text, and what to say of them. */
const NOT_LINEAR: readonly (readonly [RegExp, string])[] = [
  [/\\[1-9]/, 'a backreference'],
  [/\(\?<?[=!]/, 'lookaround'],
  [/\(\?>|[*+?}]\+/, 'an atomic group or possessive quantifier'],
];

/**
 * Refuses rules that cannot be asked, alone or together: throws `InvalidInput('rules')` with the path and reason of each. RE2 takes only
 * what runs in linear time, so what it does not take is not linear or no pattern at all. How long each character of a text takes grows
 * with what the patterns compile to (`a.{999}b` to a thousand instructions), so that is bounded too.
 */
export function checkTenantRules(rules: readonly TenantRule[], labels: ReadonlySet<string>): void {
  const issues = rules.flatMap((rule, index): Issue[] => {
    const why = whyRefused(rule.pattern);
    return [
      ...(why === undefined ? [] : [{ path: `rules.${index}.pattern`, message: why }]),
      ...(labels.has(rule.label) ? [] : [{ path: `rules.${index}.label`, message: 'is not among the labels' }]),
    ];
  });
  const [first] = issues;
  if (first !== undefined)
    throw new InvalidInput('rules', `The rules cannot be asked: ${first.path}: ${first.message}`, { issues });
  const together = rules.reduce((sum, { pattern }) => sum + instructionsOf(pattern), 0);
  if (together > LIMITS.rulesInstructions)
    throw new InvalidInput(
      'rules',
      `The rules compile to ${together} instructions; together they may have ${LIMITS.rulesInstructions}.`,
    );
  compileRules(rules, labels);
}

const instructionsOf = (pattern: string) => RE2JS.compile(pattern).programSize();

function whyRefused(pattern: string): string | undefined {
  try {
    const instructions = instructionsOf(pattern);
    if (instructions <= LIMITS.ruleInstructions) return undefined;
    return `compiles to ${instructions} instructions, and a rule may have ${LIMITS.ruleInstructions}; use smaller counts in {}`;
  } catch (error) {
    const construct = NOT_LINEAR.find(([shape]) => shape.test(pattern))?.[1];
    if (construct !== undefined) return `holds ${construct}, which cannot be matched in linear time`;
    return error instanceof Error ? error.message.slice(0, 200) : 'is no pattern';
  }
}

/** The tenant's rules whose labels are still there, then the service's. */
export function rulesInFront(
  own: readonly TenantRule[],
  labels: ReadonlySet<string>,
  service: RuleMatcher,
): RuleMatcher {
  // A label may have gone since the rule was set; the rule then names nothing.
  const asked = own.filter(({ label }) => labels.has(label));
  if (asked.length === 0) return service;
  const matchOwn = compileRules(asked, labels);
  return (canonical) => matchOwn(canonical) ?? service(canonical);
}

export interface RuleTrial {
  readonly pattern: string;
  /** The text that rules are matched against: the pattern with each mask filled in. */
  readonly canonical: string;
  /** Absent: none of the tenant's rules. */
  readonly ruleId?: string;
  readonly label?: string;
}

/** What rules would make of lines. Nothing is stored. */
export function tryRules(
  rules: readonly TenantRule[],
  labels: ReadonlySet<string>,
  records: readonly LogRecord[],
): readonly RuleTrial[] {
  const match = rules.length === 0 ? () => undefined : compileRules(rules, labels);
  return records.map((record) => {
    const { pattern, canonical } = maskRecord(record);
    const rule = match(canonical);
    return { pattern, canonical, ruleId: rule?.id, label: rule?.label };
  });
}
