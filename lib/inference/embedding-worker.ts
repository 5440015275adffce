/** Entry of the thread that `openEmbeddingWorker` starts; bundled on its own as `embedding-worker.mjs`. */
import { parentPort, workerData } from 'node:worker_threads';
import { serveEmbeddings } from './serve-embeddings.ts';
import { serveThread } from './serve-thread.ts';

if (parentPort === null) throw new Error('embedding-worker is the entry of a worker thread, not a program');
await serveThread(parentPort, () => serveEmbeddings(workerData));
