/** Entry of the worker thread that `openEmbeddingWorker` starts; bundled on its own as `embedding-worker.mjs`. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { LogsieveError } from '../domain/errors.ts';
import type { EmbeddingModel } from '../ports.ts';
import { loadEmbeddingModel } from './embedding-model.ts';
import { packEmbedded, requestSchema, type WorkerReply, workerDataSchema } from './worker-messages.ts';

if (parentPort === null) throw new Error('embedding-worker is the entry of a worker thread, not a program');
await serve(parentPort);

async function serve(port: MessagePort): Promise<void> {
  const say = (reply: WorkerReply, transfer: ArrayBufferLike[] = []) =>
    port.postMessage(
      reply,
      transfer.filter((buffer) => buffer instanceof ArrayBuffer),
    );
  let model: EmbeddingModel;
  try {
    const { modelsFolder, threads } = workerDataSchema.parse(workerData);
    model = await loadEmbeddingModel(modelsFolder, { threads });
  } catch (error) {
    say({ kind: 'refused', ...described(error) });
    return;
  }
  port.on('message', async (message: unknown) => {
    const request = requestSchema.parse(message);
    if (request.kind === 'close') {
      await model.close();
      port.close();
      return;
    }
    const { call } = request;
    try {
      const packed = packEmbedded(await model.embed(request.texts));
      say({ kind: 'embedded', call, packed }, [packed.embeddings.buffer, packed.logits.buffer]);
    } catch (error) {
      say({ kind: 'failed', call, ...described(error) });
    }
  });
  say({ kind: 'ready', id: model.id, version: model.version });
}

/** An error as it crosses threads: its class does not survive. */
function described(error: unknown): { code: string; message: string } {
  const code = error instanceof LogsieveError ? error.code : 'model-failed';
  return { code, message: error instanceof Error ? error.message : 'the model failed' };
}
