import { createHash } from 'node:crypto';
import type { OwnersCascade } from '../../lib/cascade/types.ts';
import type { MaskedRecord } from '../../lib/domain/record.ts';
import { SEVERITIES } from '../../lib/domain/severity.ts';
import type { Terms } from '../../lib/domain/terms.ts';
import { type Decision, STAGES } from '../../lib/domain/verdict.ts';

/** Answers that follow from the text alone, by its hash; another `mood` gives other answers to the same texts. */
export function fakeCascade(mood = '0'): OwnersCascade & { readonly asked: MaskedRecord[] } {
  const asked: MaskedRecord[] = [];
  const cascade = {
    version: `fake-${mood}`,
    asked,
    inTerms: async ({ labels, anomalyBaseRate }: Terms) =>
      labels === undefined && anomalyBaseRate === undefined
        ? cascade
        : fakeCascade(`${mood}|${JSON.stringify(labels)}|${anomalyBaseRate}`),
    decide: async (_tenant: string, questions: readonly MaskedRecord[]) => {
      asked.push(...questions);
      return questions.map((question) => decisionOf(question, mood));
    },
  };
  return cascade;
}

function decisionOf({ canonical, source, level }: MaskedRecord, mood: string): Decision {
  const hash = createHash('sha256').update(`${mood}|${source}|${level}|${canonical}`).digest();
  const byte = (index: number) => hash[index] ?? 0;
  return {
    category: `Category ${byte(0) % 5}`,
    confidence: byte(1) / 255,
    score: byte(2) / 255,
    severity: SEVERITIES[byte(3) % SEVERITIES.length] ?? 'info',
    stage: STAGES[byte(4) % STAGES.length] ?? 'none',
    model: { id: 'fake', version: mood },
    reason: `by hash ${hash.toString('hex').slice(0, 8)}`,
    ...(byte(5) % 7 === 0 ? { degraded: 'llm-off' as const } : {}),
  };
}
