import * as z from 'zod';
import { openThread, type Thread } from './open-thread.ts';
import type { PassRunner } from './pass.ts';
import type { GraphNames } from './session.ts';

const outputsSchema = z.record(z.string(), z.instanceof(Float32Array));

/**
 * Sessions on one ONNX file, each on a thread of its own and each running one pass at a time, so that no event loop
 * waits for a pass. Dynamically quantised files want as many sessions as cores and one thread each; others one session
 * with all threads. Each session holds the weights once more. Throws what `openSession` throws.
 */
export async function openSessionPool(
  path: string,
  { sessions, threads }: { readonly sessions: number; readonly threads: number },
  names: GraphNames,
): Promise<PassRunner> {
  const opening = Array.from({ length: sessions }, () => openThread('session-worker', { path, threads, names }));
  const all = await allOrNone(opening);
  const idle = [...all];
  const waiting: ((thread: Thread) => void)[] = [];
  const take = (): Thread | Promise<Thread> => idle.pop() ?? new Promise((resolve) => waiting.push(resolve));
  const giveBack = (thread: Thread) => {
    const next = waiting.shift();
    if (next === undefined) idle.push(thread);
    else next(thread);
  };
  return {
    run: async (pass) => {
      const thread = await take();
      try {
        return outputsSchema.parse(await thread.ask(pass));
      } finally {
        giveBack(thread);
      }
    },
    close: async () => {
      await Promise.all(all.map((thread) => thread.close()));
    },
  };
}

/** Of threads of which one does not start, the others are not left behind. */
async function allOrNone(opening: readonly Promise<Thread>[]): Promise<readonly Thread[]> {
  try {
    return await Promise.all(opening);
  } catch (error) {
    for (const opened of await Promise.allSettled(opening)) {
      if (opened.status === 'fulfilled') await opened.value.close();
    }
    throw error;
  }
}
