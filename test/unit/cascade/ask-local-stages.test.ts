import { expect, it } from 'vitest';
import { askLocalStages } from '../../../lib/cascade/ask-local-stages.ts';
import { deadlineOf } from '../../../lib/cascade/deadline.ts';
import type { LocalStage } from '../../../lib/cascade/stage.ts';

const READING = { text: 'card 4711 declined', rule: undefined, embedded: undefined };
const FAILING: LocalStage = {
  name: 'zero-shot',
  costly: true,
  ask: async ({ text }) => {
    throw new RangeError(`cannot read ${text}`);
  },
};

it('a stage that fails is passed over, and the log says which and why without the text', async () => {
  const logged: unknown[] = [];

  const outcome = await askLocalStages([FAILING], undefined, READING, deadlineOf(undefined), (...entry) => {
    logged.push(entry);
  });

  expect(outcome).toEqual({ sure: undefined, guess: undefined, degraded: 'model-failed' });
  expect(logged).toEqual([['error', 'stage-failed', { stage: 'zero-shot', why: 'RangeError' }]]);
});
