/** Entry of the threads that `openSessionPool` starts; bundled on its own as `session-worker.mjs`. */
import { parentPort, workerData } from 'node:worker_threads';
import { serveSession } from './serve-session.ts';
import { serveThread } from './serve-thread.ts';

if (parentPort === null) throw new Error('session-worker is the entry of a worker thread, not a program');
await serveThread(parentPort, () => serveSession(workerData));
