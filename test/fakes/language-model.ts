import type { LanguageModel } from '../../lib/ports.ts';

/** A language model that gives every text the same answer, or fails, and keeps what it was asked. */
export function fakeLanguageModel(
  answer: { label: string; confidence: number } | undefined | 'fails',
): LanguageModel & { readonly calls: string[][] } {
  const calls: string[][] = [];
  return {
    id: 'fake-llm',
    version: '1',
    calls,
    label: async (texts) => {
      calls.push(texts.map(({ text }) => text));
      if (answer === 'fails') throw new Error('out of order');
      return texts.map(() => answer && { ...answer, reason: '' });
    },
  };
}
