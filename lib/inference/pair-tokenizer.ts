import { InvalidInput } from '../domain/errors.ts';
import type { TextTokenizer } from './text-tokenizer.ts';

/** Of a longer premise only the head is tokenized; 509 tokens of real text are 1 to 3 KB. */
const PREMISE_CHARS = 8192;

/**
 * `[CLS] premise [SEP] hypothesis [SEP]` for each hypothesis, at most `maxTokens`; only the premise gives way
 * (`only_first`). Throws `InvalidInput('hypothesis-too-long')` where a hypothesis would take more than half.
 */
export function encodePairs(
  tokenizer: TextTokenizer,
  premise: string,
  hypotheses: readonly string[],
  { maxTokens, trusted }: { maxTokens: number; trusted: boolean },
): readonly (readonly number[])[] {
  const head = premise.length <= PREMISE_CHARS ? premise : premise.slice(0, PREMISE_CHARS).toWellFormed();
  const premiseIds = trusted ? tokenizer.encode(head) : tokenizer.encodeUntrusted(head);
  return hypotheses.map((hypothesis) => {
    const hypothesisIds = tokenizer.encode(hypothesis);
    const room = maxTokens - 3 - hypothesisIds.length;
    if (room < maxTokens / 2)
      throw new InvalidInput(
        'hypothesis-too-long',
        `a hypothesis has ${hypothesisIds.length} tokens, too many beside a text`,
      );
    return [tokenizer.cls, ...premiseIds.slice(0, room), tokenizer.sep, ...hypothesisIds, tokenizer.sep];
  });
}
