import type { EmbeddingModel } from '../../lib/ports.ts';

export interface FakeEmbedding {
  /** Direction of the embedding: one axis per topic of the test. */
  readonly axis: number;
  /** Cosine with that axis, 1 by default; the rest of the length lies on an axis of its own. */
  readonly cosine?: number;
  /** Logit of the severity `error`, against 0 for all others. */
  readonly errorLogit?: number;
}

export const FAKE_DIMENSIONS = 8;

/** An embedding model that says what it is told, counts what it is asked, and can be told to fail. */
export function fakeEmbeddingModel(
  say: (text: string) => FakeEmbedding,
): EmbeddingModel & { readonly asked: string[]; failing: boolean } {
  const asked: string[] = [];
  const model = {
    id: 'fake',
    version: '1',
    asked,
    failing: false,
    embed: async (texts: readonly string[]) => {
      asked.push(...texts);
      if (model.failing) throw new Error('no session');
      return texts.map((text) => {
        const { axis, cosine = 1, errorLogit = 0 } = say(text);
        const embedding = new Float32Array(FAKE_DIMENSIONS);
        embedding[axis] = cosine;
        embedding[FAKE_DIMENSIONS - 1] = Math.sqrt(1 - cosine ** 2);
        return { embedding, severityLogits: Float32Array.from([0, 0, 0, errorLogit, 0]), truncated: false };
      });
    },
    close: async () => {},
  };
  return model;
}
