import type { MessagePort } from 'node:worker_threads';
import { LogsieveError } from '../domain/errors.ts';
import type { EmbeddingModel } from '../ports.ts';
import { loadEmbeddingModel } from './embedding-model.ts';
import { packEmbedded, requestSchema, type WorkerReply, workerDataSchema } from './worker-messages.ts';

/** Loads the model that `data` names and answers on `port` until told to close; says `refused` where it cannot load. */
export async function serveEmbeddings(port: MessagePort, data: unknown): Promise<void> {
  let model: EmbeddingModel;
  try {
    const { modelsFolder, threads } = workerDataSchema.parse(data);
    model = await loadEmbeddingModel(modelsFolder, { threads });
  } catch (error) {
    say(port, { kind: 'refused', ...described(error) });
    return;
  }
  port.on('message', async (message: unknown) => {
    const request = requestSchema.parse(message);
    if (request.kind === 'embed') return answer(port, model, request.call, request.texts);
    await model.close();
    port.close();
  });
  say(port, { kind: 'ready', id: model.id, version: model.version });
}

async function answer(port: MessagePort, model: EmbeddingModel, call: number, texts: readonly string[]): Promise<void> {
  try {
    const packed = packEmbedded(await model.embed(texts));
    say(port, { kind: 'embedded', call, packed }, [packed.embeddings.buffer, packed.logits.buffer]);
  } catch (error) {
    say(port, { kind: 'failed', call, ...described(error) });
  }
}

/** The buffers are handed over, not copied. */
function say(port: MessagePort, reply: WorkerReply, buffers: readonly ArrayBufferLike[] = []): void {
  port.postMessage(
    reply,
    buffers.filter((buffer) => buffer instanceof ArrayBuffer),
  );
}

/** An error as it crosses threads: its class does not survive. */
function described(error: unknown): { code: string; message: string } {
  const code = error instanceof LogsieveError ? error.code : 'model-failed';
  return { code, message: error instanceof Error ? error.message : 'the model failed' };
}
