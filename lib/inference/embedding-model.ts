import { join } from 'node:path';
import { Fault } from '../domain/errors.ts';
import { SEVERITIES } from '../domain/severity.ts';
import type { Embedded, EmbeddingModel } from '../ports.ts';
import { readManifest, type SeverityEntry, severityModel } from './manifest.ts';
import { type EmbeddingOptions, loadSentenceModel, type Sentence } from './sentence-model.ts';

/**
 * Loads the model with a severity head that `manifest.json` names, its digests and label order checked. Passes run on
 * the calling thread and hold its event loop for a batch of 32 at a time; servers use `openEmbeddingWorker`.
 * Throws `Fault` (`model-manifest`, `model-file`, `model-labels`) with a sentence that names the file at fault.
 */
export async function loadEmbeddingModel(modelsFolder: string, options: EmbeddingOptions): Promise<EmbeddingModel> {
  const entry = severityModel(await readManifest(modelsFolder));
  requireSeverities(entry, modelsFolder);
  const model = await loadSentenceModel(join(modelsFolder, entry.folder ?? entry.id), entry, options);
  return {
    id: model.id,
    version: model.version,
    embed: async (texts) => (await model.embed(texts)).map(withSeverity),
    close: model.close,
  };
}

function withSeverity({ embedding, severityLogits, truncated }: Sentence): Embedded {
  if (severityLogits === undefined) throw new Fault('model-file', 'the model gave no severity logits');
  return { embedding, severityLogits, truncated };
}

/** The model's labels must be ours in our order: an index is never guessed. */
function requireSeverities(entry: SeverityEntry, modelsFolder: string): void {
  if (entry.labels.join() === SEVERITIES.join()) return;
  throw new Fault(
    'model-labels',
    `${join(modelsFolder, 'manifest.json')} gives ${entry.id} the labels ${entry.labels.join(', ')}; expected ${SEVERITIES.join(', ')}`,
  );
}
