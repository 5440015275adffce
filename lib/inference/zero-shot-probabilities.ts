/** What a cross-encoder says of one hypothesis. */
export interface EntailmentLogits {
  readonly entailment: number;
  readonly notEntailment: number;
}

/**
 * Which one of the hypotheses holds: softmax over their entailment logits, summing to 1. As
 * `zero-shot-classification` of transformers computes it with `multi_label=False`.
 */
export function singleLabelProbabilities(logits: readonly EntailmentLogits[]): readonly number[] {
  return softmax(logits.map(({ entailment }) => entailment));
}

/**
 * Whether each hypothesis holds, independently: softmax over its own two logits. As `zero-shot-classification` of
 * transformers computes it with `multi_label=True`.
 */
export function multiLabelProbabilities(logits: readonly EntailmentLogits[]): readonly number[] {
  return logits.map(({ entailment, notEntailment }) => 1 / (1 + Math.exp(notEntailment - entailment)));
}

/** The largest is subtracted first, so that no exponential overflows. */
function softmax(values: readonly number[]): readonly number[] {
  const largest = Math.max(...values);
  const weights = values.map((value) => Math.exp(value - largest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
