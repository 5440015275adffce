/** Probabilities of the numbers divided by the temperature; sums to 1. */
export function softmax(logits: ArrayLike<number>, temperature = 1): number[] {
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < logits.length; i++) highest = Math.max(highest, logits[i] ?? 0);
  const exps = Array.from(logits, (logit) => Math.exp((logit - highest) / temperature));
  const sum = exps.reduce((total, value) => total + value, 0);
  return exps.map((value) => value / sum);
}

/** Inner product of two vectors of one length; the cosine where both have unit length. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

/** The index of the highest number; the first of equals, -1 of none. */
export function indexOfHighest(values: ArrayLike<number>): number {
  let best = -1;
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? Number.NEGATIVE_INFINITY;
    if (value > highest) {
      highest = value;
      best = i;
    }
  }
  return best;
}
