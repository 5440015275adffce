import { type CategoryHead, headAnswer } from './category-head.ts';
import type { LocalStage } from './stage.ts';

/** The trained head on the text and what the model made of it. */
export function embeddingStage(head: CategoryHead, { id, version }: { id: string; version: string }): LocalStage {
  return {
    name: 'embedding',
    costly: false,
    ask: async ({ text, embedded }) => {
      const answer = embedded && headAnswer(head, { text, embedded });
      return answer && { stage: 'embedding', ...answer, model: { id, version } };
    },
  };
}
