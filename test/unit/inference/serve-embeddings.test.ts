import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { serveEmbeddings } from '../../../lib/inference/serve-embeddings.ts';
import { serveThread } from '../../../lib/inference/serve-thread.ts';
import { replySchema } from '../../../lib/inference/thread-messages.ts';
import { packEmbedded, packedSchema, unpackEmbedded } from '../../../lib/inference/worker-messages.ts';
import { MODELS } from './models-folder.ts';

/** A served model and the way to ask it. */
async function aService(data: unknown) {
  const { port1: near, port2: far } = new MessageChannel();
  const next = async () => replySchema.parse((await once(near, 'message'))[0]);
  const first = next();
  await serveThread(far, () => serveEmbeddings(data));
  return {
    first: await first,
    ask: (request: unknown) => {
      const reply = next();
      near.postMessage(request);
      return reply;
    },
    close: async () => {
      near.postMessage({ kind: 'close' });
      await once(near, 'close');
    },
    abandon: () => near.close(),
  };
}

describe('serveEmbeddings', () => {
  it('says it is ready, answers each call by its number and ends when told', async () => {
    const service = await aService({ modelsFolder: MODELS, threads: 1 });

    const reply = await service.ask({ kind: 'ask', call: 7, body: ['ok', 'x '.repeat(500)] });

    expect(service.first).toMatchObject({ kind: 'ready', body: { id: 'logsieve-starter' } });
    expect(reply).toMatchObject({ kind: 'answered', call: 7 });
    const answers = reply.kind === 'answered' ? unpackEmbedded(packedSchema.parse(reply.body)) : [];
    expect(answers.map(({ truncated }) => truncated)).toEqual([false, true]);
    await service.close();
  });

  it('fails a call that it cannot read, and answers the next', async () => {
    const service = await aService({ modelsFolder: MODELS, threads: 1 });

    const failed = await service.ask({ kind: 'ask', call: 1, body: [42] });
    const answered = await service.ask({ kind: 'ask', call: 2, body: ['ok'] });

    expect(failed).toMatchObject({ kind: 'failed', call: 1, code: 'model-failed' });
    expect(answered).toMatchObject({ kind: 'answered', call: 2 });
    await service.close();
  });

  it('refuses what it cannot load', async () => {
    const nowhere = await aService({ modelsFolder: 'no-such-folder', threads: 1 });
    const malformed = await aService({ threads: 'many' });

    expect(nowhere.first).toMatchObject({ kind: 'refused', code: 'model-manifest' });
    expect(malformed.first).toMatchObject({ kind: 'refused', code: 'model-failed' });
    nowhere.abandon();
    malformed.abandon();
  });
});

describe('packEmbedded', () => {
  it('is undone by unpackEmbedded', () => {
    const answers = [
      { embedding: Float32Array.of(1, 2, 3), severityLogits: Float32Array.of(4, 5), truncated: true },
      { embedding: Float32Array.of(6, 7, 8), severityLogits: Float32Array.of(9, 10), truncated: false },
    ];

    expect(unpackEmbedded(packEmbedded(answers))).toEqual(answers);
    expect(unpackEmbedded(packEmbedded([]))).toEqual([]);
  });
});
