import { describe, expect, it } from 'vitest';
import type { Rule } from '../../../lib/cascade/rules.ts';
import { checkTenantRules, rulesInFront, tryRules } from '../../../lib/cascade/tenant-rules.ts';
import { type TenantRule, tenantRulesSchema } from '../../../lib/domain/tenant-rule.ts';

const labels = new Set(['Billing', 'Shipping']);
const rule = (fields: Partial<TenantRule> = {}): TenantRule => ({
  id: 'declined',
  label: 'Billing',
  pattern: '(?i)payment .* declined',
  confidence: 0.99,
  ...fields,
});

describe('the rules of a tenant', () => {
  it.each([
    ['(a+)\\1', /a backreference, which cannot be matched in linear time/],
    ['(?=payment)', /lookaround/],
    ['(?<!not )paid', /lookaround/],
    ['(?>a+)b', /atomic group/],
    ['(unclosed', /missing closing \)/],
    ['a{2000}', /bad repetition|repeat/i],
    ['a.{999}b|a.{998}b', /compiles to 2003 instructions, and a rule may have 1000/],
  ])('with the pattern %s are refused with why', (pattern, why) => {
    const check = () => checkTenantRules([rule(), rule({ id: 'second', pattern })], labels);

    expect(check).toThrow(why);
    expect(check).toThrow(expect.objectContaining({ issues: [expect.objectContaining({ path: 'rules.1.pattern' })] }));
  });

  it('are refused for a label that is none', () => {
    expect(() => checkTenantRules([rule({ label: 'Nothing' })], labels)).toThrow(/rules\.0\.label/);
    expect(() => checkTenantRules([rule()], labels)).not.toThrow();
  });

  it('are refused when they are too large together, each being a rule by itself', () => {
    const wide = '(?:.{900})x';
    const check = (count: number) =>
      checkTenantRules(
        Array.from({ length: count }, (_, index) => rule({ id: `rule-${index}`, pattern: wide })),
        labels,
      );

    expect(() => check(11)).not.toThrow();
    expect(() => check(12)).toThrow(/together they may have 10000/);
  });

  it('are at most 200, of at most 400 characters, each with an id of its own', () => {
    const many = Array.from({ length: 201 }, (_, index) => rule({ id: `rule-${index}` }));

    expect(tenantRulesSchema.safeParse(many.slice(1)).success).toBe(true);
    expect(tenantRulesSchema.safeParse(many).success).toBe(false);
    expect(tenantRulesSchema.safeParse([rule({ pattern: 'x'.repeat(401) })]).success).toBe(false);
    expect(tenantRulesSchema.safeParse([rule(), rule()]).success).toBe(false);
  });

  it("come before the service's, and one whose label has gone is passed over", () => {
    const service: Rule = { id: 'service', label: 'Shipping', pattern: '(?i)declined', confidence: 0.9 };
    const own = [rule({ id: 'gone', label: 'Gone', pattern: 'payment' }), rule()];

    const match = rulesInFront(own, labels, (text) => (text.includes('declined') ? service : undefined));

    expect(match('payment 1 declined')?.id).toBe('declined');
    expect(match('offer declined')?.id).toBe('service');
    expect(match('payment 1 taken')).toBeUndefined();
  });

  it('can be tried on lines, and tell what they are matched against', () => {
    const records = ['Payment 4711 declined', 'all is well'].map((message) => ({ source: '', message }));

    const [declined, well] = tryRules([rule()], labels, records);

    expect(declined).toMatchObject({ ruleId: 'declined', label: 'Billing', pattern: 'Payment <NUM> declined' });
    expect(declined?.canonical).not.toContain('4711');
    expect(well?.ruleId).toBeUndefined();
  });

  it('take time in proportion to the text, whatever they are', () => {
    const steep = [rule({ pattern: '(a*)*b(a*)*c' }), rule({ id: 'nested', pattern: '((a+)+)+$' })];
    const hostile = [{ source: '', message: 'a'.repeat(8_000) }];

    expect(tryRules(steep, labels, hostile)).toHaveLength(1);
  });
});
