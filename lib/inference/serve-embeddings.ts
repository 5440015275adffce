import { loadEmbeddingModel } from './embedding-model.ts';
import type { Served } from './serve-thread.ts';
import { packEmbedded, textsSchema, workerDataSchema } from './worker-messages.ts';

/** The embedding model that `data` names, as a thread serves it. */
export async function serveEmbeddings(data: unknown): Promise<Served> {
  const { modelsFolder, threads } = workerDataSchema.parse(data);
  const model = await loadEmbeddingModel(modelsFolder, { threads });
  return {
    ready: { id: model.id, version: model.version },
    answer: async (texts) => {
      const body = packEmbedded(await model.embed(textsSchema.parse(texts)));
      return { body, buffers: [body.embeddings.buffer, body.logits.buffer] };
    },
    close: () => model.close(),
  };
}
