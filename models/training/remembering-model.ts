import type { Embedded, EmbeddingModel } from '../../lib/ports.ts';

/** The same model, each text read once. */
export function rememberingModel(model: EmbeddingModel): EmbeddingModel {
  const known = new Map<string, Embedded>();
  return {
    ...model,
    embed: async (texts) => {
      const fresh = [...new Set(texts)].filter((text) => !known.has(text));
      const made = fresh.length === 0 ? [] : await model.embed(fresh);
      fresh.forEach((text, index) => {
        const embedded = made[index];
        if (embedded !== undefined) known.set(text, embedded);
      });
      return texts.flatMap((text) => known.get(text) ?? []);
    },
  };
}
