import { setTimeout as wait } from 'node:timers/promises';
import type { Clock, LanguageModel } from '../ports.ts';
import { FailedCall } from './failed-call.ts';

/**
 * A language model that asks for its key before each call (the port keeps it for minutes), so that a rotated one is
 * taken up, and a secret that cannot be read costs this stage and not the whole service. The time of a call bounds the
 * reading of the key too.
 */
export function modelOfSecret(
  readKey: () => Promise<string>,
  open: (apiKey: string) => LanguageModel,
  clock: Clock,
): LanguageModel {
  let current = { key: '', model: open('not read yet') };
  const { id, version } = current.model;
  return {
    id,
    version,
    async label(texts, labels, { timeoutMs }) {
      const startedAt = clock.now().getTime();
      const key = await inTime(readKey(), timeoutMs);
      if (key !== current.key) current = { key, model: open(key) };
      const leftMs = Math.max(1, timeoutMs - (clock.now().getTime() - startedAt));
      return current.model.label(texts, labels, { timeoutMs: leftMs });
    },
  };
}

/** Throws `FailedCall` where the reading takes longer; it goes on then, and what it finds serves a later call. */
async function inTime(reading: Promise<string>, ms: number): Promise<string> {
  const ended = new AbortController();
  const late = wait(ms, undefined, { signal: ended.signal }).then(() => {
    throw new FailedCall('time', "the language model's key could not be read in time");
  });
  // Whichever loses has nobody to hear of it.
  late.catch(() => undefined);
  reading.catch(() => undefined);
  try {
    return await Promise.race([reading, late]);
  } finally {
    ended.abort();
  }
}
