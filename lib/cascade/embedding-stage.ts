import { type CategoryHead, headAnswer } from './category-head.ts';
import type { LocalStage } from './stage.ts';

/** The trained head on the text's embedding. */
export function embeddingStage(head: CategoryHead, { id, version }: { id: string; version: string }): LocalStage {
  return {
    name: 'embedding',
    costly: false,
    ask: async ({ embedded }) => {
      const answer = embedded && headAnswer(head, embedded.embedding);
      return answer && { stage: 'embedding', ...answer, model: { id, version } };
    },
  };
}
