import { describe, expect, it } from 'vitest';
import { modelOfSecret } from '../../../lib/llm/model-of-secret.ts';
import type { LanguageModel } from '../../../lib/ports.ts';
import { fakeClock } from '../../fakes/clock.ts';

/** Models that note the key they were opened with and the time they were given. */
function notingModels() {
  const calls: { key: string; timeoutMs: number }[] = [];
  const open = (key: string): LanguageModel => ({
    id: 'noting',
    version: '1',
    label: async (texts, _labels, { timeoutMs }) => {
      calls.push({ key, timeoutMs });
      return texts.map(() => undefined);
    },
  });
  return { calls, open };
}
const text = { source: '', level: undefined, text: 'x' };

describe('a language model whose key is a secret', () => {
  it('gives the call the time that reading the key left', async () => {
    const { calls, open } = notingModels();
    const clock = fakeClock();
    const readKey = async () => {
      clock.advance(300);
      return 'first';
    };

    await modelOfSecret(readKey, open, clock).label([text], [], { timeoutMs: 1_000 });

    expect(calls).toEqual([{ key: 'first', timeoutMs: 700 }]);
  });

  it('gives up when the key is not read in the time of the call', async () => {
    const { calls, open } = notingModels();
    const never = () => new Promise<string>(() => undefined);

    const asked = modelOfSecret(never, open, fakeClock()).label([text], [], { timeoutMs: 5 });

    await expect(asked).rejects.toMatchObject({ kind: 'retryable', code: 'language-model' });
    expect(calls).toEqual([]);
  });

  it('opens a model anew only for a key that changed', async () => {
    const { calls, open } = notingModels();
    const keys = ['one', 'one', 'two'];
    const model = modelOfSecret(async () => keys.shift() ?? '', open, fakeClock());

    for (let call = 0; call < 3; call += 1) await model.label([text], [], { timeoutMs: 50 });

    expect(calls.map(({ key }) => key)).toEqual(['one', 'one', 'two']);
  });
});
