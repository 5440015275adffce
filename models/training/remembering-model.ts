import type { Embedded, EmbeddingModel } from '../../lib/ports.ts';

/** A model that reads each text once however often it is asked: a set in ten shapes comes down to the same texts, as does a run over several label sets. A text's numbers do not depend on its call, so nothing is changed by it. */
export function rememberingModel(model: EmbeddingModel): EmbeddingModel {
  const known = new Map<string, Embedded>();
  return {
    id: model.id,
    version: model.version,
    embed: async (texts) => {
      const fresh = [...new Set(texts)].filter((text) => !known.has(text));
      const made = fresh.length === 0 ? [] : await model.embed(fresh);
      fresh.forEach((text, at) => {
        const embedded = made[at];
        if (embedded !== undefined) known.set(text, embedded);
      });
      return texts.flatMap((text) => known.get(text) ?? []);
    },
    close: () => model.close(),
  };
}
