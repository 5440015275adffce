import { describe, expect, it } from 'vitest';
import { rememberingModel } from '../../../models/training/remembering-model.ts';

describe('rememberingModel', () => {
  it('asks the model for each text once and answers in the order asked', async () => {
    const asked: string[] = [];
    const model = rememberingModel({
      id: 'lengths',
      version: '1',
      close: async () => {},
      embed: async (texts) => {
        asked.push(...texts);
        const embeddingOf = (text: string) => Float32Array.of(text.length);
        return texts.map((text) => ({
          embedding: embeddingOf(text),
          severityLogits: embeddingOf(text),
          truncated: false,
        }));
      },
    });

    await model.embed(['a', 'bb', 'a']);
    const lengths = (await model.embed(['ccc', 'bb'])).map(({ embedding }) => embedding[0]);

    expect(asked).toEqual(['a', 'bb', 'ccc']);
    expect(lengths).toEqual([3, 2]);
  });
});
