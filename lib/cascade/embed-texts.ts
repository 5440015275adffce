import type { Degradation } from '../domain/verdict.ts';
import type { Embedded, EmbeddingModel, Log } from '../ports.ts';
import type { Deadline } from './deadline.ts';

/** The deadline is looked at between batches of this many texts (about 50 ms on two cores). */
export const TEXTS_PER_BATCH = 32;
/** Kept back for the batch that is begun last and for giving the answers. */
export const BATCH_RESERVE_MS = 250;

/** What the model made of each text, or why it made nothing. */
export type EmbedOutcome = { readonly embedded: Embedded } | { readonly degraded: Degradation };

/** Embeds distinct texts in batches until done or out of time; a batch that fails leaves its texts to the other stages. Never throws. */
export async function embedTexts(
  model: EmbeddingModel,
  texts: readonly string[],
  deadline: Deadline,
  log?: Log,
): Promise<ReadonlyMap<string, EmbedOutcome>> {
  const outcomes = new Map<string, EmbedOutcome>();
  for (let at = 0; at < texts.length; at += TEXTS_PER_BATCH) {
    const batch = texts.slice(at, at + TEXTS_PER_BATCH);
    const made = deadline.leaves(BATCH_RESERVE_MS) ? await embedBatch(model, batch, log) : 'out-of-time';
    batch.forEach((text, index) => {
      const embedded = typeof made === 'string' ? undefined : made[index];
      const degraded = typeof made === 'string' ? made : 'model-failed';
      outcomes.set(text, embedded === undefined ? { degraded } : { embedded });
    });
  }
  return outcomes;
}

async function embedBatch(
  model: EmbeddingModel,
  batch: readonly string[],
  log: Log | undefined,
): Promise<readonly Embedded[] | 'model-failed'> {
  try {
    return await model.embed(batch);
  } catch (error) {
    log?.('error', 'embedding-failed', { texts: batch.length, why: error instanceof Error ? error.name : 'unknown' });
    return 'model-failed';
  }
}
