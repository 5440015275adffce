import { UNCLASSIFIED } from '../../domain/verdict.ts';
import type { CategoryHead } from '../category-head.ts';
import { fitRidge } from './fit-ridge.ts';
import { fitTemperature, lossAt } from './fit-temperature.ts';

/** What a label is taught by: the embeddings of its name, description and examples. */
export interface TaughtLabel {
  readonly name: string;
  readonly vectors: readonly Float32Array[];
}

/** Few examples want the strongest, fifty a label the weakest. */
const STRENGTHS = [3, 1, 0.3] as const;
/** A few examples that are far apart would fit any certainty; drawn label sets fit .03 to .11. */
const LEAST_TEMPERATURE = 0.03;

/**
 * A head on the embedding alone, of a few vectors a label and of some that belong to none. Strength and temperature are
 * those under which each vector is likeliest by a fit of all others. Nothing is drawn: the same vectors give the same head.
 */
export async function trainExamplesHead(
  labels: readonly TaughtLabel[],
  none: readonly Float32Array[],
  options: { readonly trainedOn: string; readonly threshold: number },
): Promise<CategoryHead> {
  const groups = [...labels.map(({ vectors }) => vectors), none];
  const targets = groups.flatMap((group, target) => group.map(() => target));
  const fits = await fitRidge({ rows: groups.flat(), targets, classes: groups.length }, STRENGTHS);
  const tried = fits.map((fit) => {
    const judged = fit.heldOut.map((logits, at) => ({ logits, target: targets[at] ?? 0 }));
    const temperature = Math.max(LEAST_TEMPERATURE, fitTemperature(judged));
    return { fit, temperature, loss: lossAt(judged, temperature) };
  });
  const { fit, temperature } = tried.reduce((best, one) => (one.loss < best.loss ? one : best));
  return {
    labels: [...labels.map(({ name }) => name), UNCLASSIFIED],
    weights: fit.weights.map((row) => [...row]),
    bias: [...fit.bias],
    temperature,
    ...options,
  };
}
