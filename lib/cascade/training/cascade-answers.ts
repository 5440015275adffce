import { askLocalStages } from '../ask-local-stages.ts';
import { answerOf, type CategoryHead } from '../category-head.ts';
import { deadlineOf } from '../deadline.ts';
import type { RuleMatcher } from '../rules.ts';
import type { LocalStage, StageAnswer } from '../stage.ts';
import type { Sample } from './labelled-pattern.ts';

/** What the local stages said of a sample together: the first that was sure, and else the likeliest of the rest. */
export interface CascadeAnswer {
  readonly sure: StageAnswer | undefined;
  readonly guess: StageAnswer | undefined;
}

/** The head as a stage that answers each sample from its out-of-fold probabilities, never from a model that saw its template. */
export function outOfFoldStage(
  head: Pick<CategoryHead, 'labels' | 'threshold' | 'thresholds'>,
  samples: readonly Sample[],
  probabilities: readonly (readonly number[])[],
): LocalStage {
  const bySample = new Map(samples.map(({ embedded }, at) => [embedded, answerOf(head, probabilities[at] ?? [])]));
  return {
    name: 'embedding',
    costly: false,
    ask: async ({ embedded }) => {
      const answer = embedded && bySample.get(embedded);
      return answer && { stage: 'embedding', ...answer, model: { id: 'out-of-fold', version: '' } };
    },
  };
}

/** Asks the stages in their order about every sample, as the cascade does. */
export async function cascadeAnswers(
  samples: readonly Sample[],
  stages: readonly LocalStage[],
  matcher: RuleMatcher,
): Promise<readonly CascadeAnswer[]> {
  const answers: CascadeAnswer[] = [];
  for (const { canonical, embedded } of samples) {
    const reading = { text: canonical, rule: matcher(canonical), embedded };
    answers.push(await askLocalStages(stages, undefined, reading, deadlineOf(undefined)));
  }
  return answers;
}
