import type { EmbeddingModel } from '../ports.ts';
import { openThread } from './open-thread.ts';
import type { SessionOptions } from './session.ts';
import { namedSchema, packedSchema, unpackEmbedded } from './worker-messages.ts';

/**
 * `loadEmbeddingModel` on a thread of its own, for servers that must keep answering while it infers. Calls are
 * interleaved batch by batch, so a small one does not wait for a large one. Throws what `loadEmbeddingModel` throws; a
 * thread that dies fails its open calls, and the next call starts another.
 */
export async function openEmbeddingWorker(modelsFolder: string, { threads }: SessionOptions): Promise<EmbeddingModel> {
  const thread = await openThread('embedding-worker', { modelsFolder, threads });
  return {
    ...namedSchema.parse(thread.ready),
    embed: async (texts) => unpackEmbedded(packedSchema.parse(await thread.ask([...texts]))),
    close: () => thread.close(),
  };
}
