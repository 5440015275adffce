import type { TextTokenizer } from './text-tokenizer.ts';

/** Of a longer premise only the head is tokenized; 509 tokens of real text are 1 to 3 KB. */
const PREMISE_CHARS = 8192;
/** `[CLS]` and two `[SEP]`. */
const SPECIAL_TOKENS = 3;

/**
 * `[CLS] premise [SEP] hypothesis [SEP]` for each hypothesis, at most `maxTokens`; the premise gives way (`only_first`).
 * Of a hypothesis that would take more than half the rest is not read, so that there is always room for a text: a
 * caller's description of 400 characters can be as many tokens, and its beginning says more than no answer does.
 */
export function encodePairs(
  tokenizer: TextTokenizer,
  premise: string,
  hypotheses: readonly string[],
  { maxTokens, trusted }: { maxTokens: number; trusted: boolean },
): readonly (readonly number[])[] {
  const head = premise.length <= PREMISE_CHARS ? premise : premise.slice(0, PREMISE_CHARS).toWellFormed();
  const encode = trusted ? tokenizer.encode : tokenizer.encodeUntrusted;
  const premiseIds = encode(head);
  const mostOfHypothesis = Math.floor(maxTokens / 2) - SPECIAL_TOKENS;
  return hypotheses.map((hypothesis) => {
    const hypothesisIds = encode(hypothesis).slice(0, mostOfHypothesis);
    const room = maxTokens - SPECIAL_TOKENS - hypothesisIds.length;
    return [tokenizer.cls, ...premiseIds.slice(0, room), tokenizer.sep, ...hypothesisIds, tokenizer.sep];
  });
}
