/**
 * The mean of the first `tokens` rows of a text's hidden states, scaled to unit length, as sentence-transformers'
 * Pooling (mean) and Normalize do it. Summed in double precision, so that the order of the rows does not show.
 */
export function meanOfTokens(hidden: Float32Array, tokens: number, dimensions: number): Float32Array {
  const sums = new Float64Array(dimensions);
  for (let at = 0; at < tokens * dimensions; at += 1) {
    const column = at % dimensions;
    sums[column] = (sums[column] ?? 0) + (hidden[at] ?? 0);
  }
  const length = Math.hypot(...sums) || 1;
  return Float32Array.from(sums, (sum) => sum / length);
}
