import { createHash } from 'node:crypto';
import { softmax } from '../../lib/cascade/softmax.ts';
import { fitLogistic, fitTemperature, type LinearModel, logits } from './logistic-regression.ts';
import { balanced, type Sample } from './samples.ts';

export const FOLDS = 5;

/** Out-of-fold results: no sample is judged by a model that saw its pattern. */
export interface CrossValidation {
  readonly l2: number;
  readonly temperature: number;
  /** Mean over samples, calibrated. */
  readonly negativeLogLikelihood: number;
  /** The model that judges each sample, and the sample. */
  readonly folds: readonly { readonly model: LinearModel; readonly heldOut: readonly Sample[] }[];
  readonly labels: readonly string[];
}

/** Which fold a pattern belongs to: by its id, so that all its lines and labels share one, in every run. */
export function foldOf(patternId: string): number {
  return createHash('sha256').update(patternId).digest().readUInt32BE(0) % FOLDS;
}

export function crossValidate(samples: readonly Sample[], labels: readonly string[], l2: number): CrossValidation {
  const folds = Array.from({ length: FOLDS }, (_, fold) => {
    const kept = samples.filter(({ patternId }) => foldOf(patternId) !== fold);
    const heldOut = samples.filter(({ patternId }) => foldOf(patternId) === fold);
    return { model: fitLogistic(balanced(kept, labels), labels.length, l2), heldOut };
  });
  const judged = folds.flatMap(({ model, heldOut }) =>
    balanced(heldOut, labels).map(({ vector, target, weight }) => ({ logits: logits(model, vector), target, weight })),
  );
  const temperature = fitTemperature(judged);
  const loss = judged.map(({ logits: z, target }) => -Math.log(Math.max(softmax(z, temperature)[target] ?? 0, 1e-12)));
  const negativeLogLikelihood = loss.reduce((sum, value) => sum + value, 0) / Math.max(1, loss.length);
  return { l2, temperature, negativeLogLikelihood, folds, labels };
}
