import type { MessagePort } from 'node:worker_threads';
import { LogsieveError } from '../domain/errors.ts';
import { requestSchema, type ThreadReply } from './thread-messages.ts';

/** What a thread offers once it is open. */
export interface Served {
  /** Said to who opened the thread. */
  readonly ready: unknown;
  /** The answer and which of its buffers are handed over instead of copied. */
  answer(body: unknown): Promise<{ body: unknown; buffers?: readonly ArrayBufferLike[] }>;
  close(): Promise<void>;
}

/** Opens and then answers on `port` until told to close; says `refused` where it cannot open. */
export async function serveThread(port: MessagePort, open: () => Promise<Served>): Promise<void> {
  let served: Served;
  try {
    served = await open();
  } catch (error) {
    say(port, { kind: 'refused', ...described(error) });
    return;
  }
  port.on('message', async (message: unknown) => {
    const request = requestSchema.parse(message);
    if (request.kind === 'ask') return answer(port, served, request.call, request.body);
    await served.close();
    port.close();
  });
  say(port, { kind: 'ready', body: served.ready });
}

async function answer(port: MessagePort, served: Served, call: number, asked: unknown): Promise<void> {
  try {
    const { body, buffers } = await served.answer(asked);
    say(port, { kind: 'answered', call, body }, buffers);
  } catch (error) {
    say(port, { kind: 'failed', call, ...described(error) });
  }
}

function say(port: MessagePort, reply: ThreadReply, buffers: readonly ArrayBufferLike[] = []): void {
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
