import { type LabelSet, labelsSchema, toLabelSet } from '../../lib/domain/label-set.ts';

/** A label set as a door makes it of a request. */
export function aLabelSet(labels: readonly unknown[] = ['Billing', 'Shipping'], hypothesisTemplate?: string): LabelSet {
  const set = toLabelSet({ labels: labelsSchema.parse(labels), hypothesis_template: hypothesisTemplate });
  if (set === undefined) throw new Error('labels make a set');
  return set;
}
