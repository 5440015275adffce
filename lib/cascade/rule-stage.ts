import type { Rule } from './rules.ts';
import type { LocalStage } from './stage.ts';

/** Rules were matched when the text was read; a rule is sure by its nature. */
export function ruleStage(version: string, settles: (rule: Rule) => boolean = () => true): LocalStage {
  const model = { id: 'rules', version };
  return {
    name: 'rule',
    costly: false,
    ask: async ({ rule }) =>
      rule === undefined || !settles(rule)
        ? undefined
        : {
            stage: 'rule',
            category: rule.label,
            confidence: rule.confidence,
            sure: true,
            ruleId: rule.id,
            model,
          },
  };
}
