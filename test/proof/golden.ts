import { cpus } from 'node:os';
import { join } from 'node:path';
import { readSentenceRows } from '../../infra/models/golden.ts';
import { loadEmbeddingModel } from '../../lib/inference/embedding-model.ts';
import { root } from './tools.ts';

/** How far outputs may lie from the golden values on another kind of CPU. */
const MOST_SCORE = 0.001;
const LEAST_COSINE = 0.9999;

/**
 * Runs the starter model on its golden texts and prints how far it is from their values, as JSON: also to be run under an
 * emulated CPU (`qemu-x86_64 -cpu Haswell node test/proof/golden.ts`), whose int8 kernels would overflow with larger weights. Ends with 1 beyond
 * the tolerance.
 */
const models = join(root, 'models');
const rows = await readSentenceRows(join(models, 'starter'));
const model = await loadEmbeddingModel(models, { threads: 1, reading: 'reference' });
const answers = await model.embed(rows.map(({ text }) => text));
await model.close();

let score = 0;
let cosine = 1;
for (const [index, { embedding = [], severity_logits = [] }] of rows.entries()) {
  const answer = answers[index];
  if (answer === undefined) continue;
  score = Math.max(score, Math.abs(anomalyScore(answer.severityLogits) - anomalyScore(severity_logits)));
  cosine = Math.min(
    cosine,
    embedding.reduce((dot, value, at) => dot + value * (answer.embedding[at] ?? 0), 0),
  );
}
const holds = rows.length > 0 && score < MOST_SCORE && cosine > LEAST_COSINE;
console.log(
  JSON.stringify({
    texts: rows.length,
    model: model.version,
    cpu: cpus()[0]?.model,
    largestScoreDifference: Number(score.toFixed(4)),
    smallestCosine: Number(cosine.toFixed(4)),
    holds,
  }),
);
process.exitCode = holds ? 0 : 1;

/** The probability of warning or worse. */
function anomalyScore(logits: ArrayLike<number>): number {
  const weights = Array.from(logits, Math.exp);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.slice(2).reduce((sum, weight) => sum + weight, 0) / total;
}
