import { loadEntailmentModel } from '../../lib/inference/entailment-model.ts';
import type { ModelEntry } from '../../lib/inference/manifest.ts';
import { loadSentenceModel } from '../../lib/inference/sentence-model.ts';

/**
 * Loads the model as the service would and asks it once: digests, label map, tokenizer and graph are right, or it throws
 * the `Fault` that start-up would. `folder` holds a manifest of its own where the model is a cross-encoder.
 */
export async function tryModel(folder: string, entry: ModelEntry): Promise<void> {
  if (entry.task === 'embedding') {
    const model = await loadSentenceModel(folder, entry, { threads: 1 });
    try {
      await model.embed(['connection refused']);
    } finally {
      await model.close();
    }
    return;
  }
  const model = await loadEntailmentModel(folder, { threads: 1 });
  try {
    await model.entail('connection refused', [entry.hypothesisTemplate.replaceAll('{}', () => 'a failure')]);
  } finally {
    await model.close();
  }
}
