import { describe, expect, it } from 'vitest';
import { callBudget } from '../../../lib/llm/call-budget.ts';
import { fakeClock } from '../../fakes/clock.ts';

describe('callBudget', () => {
  it('says once an hour that the hour’s calls are spent', () => {
    const clock = fakeClock('2026-11-02T08:00:00Z');
    let spent = 0;
    const budget = callBudget(clock, 1, () => {
      spent += 1;
    });

    const taken = [budget.take(), budget.take(), budget.take()];
    clock.advance(3_600_000);
    taken.push(budget.take(), budget.take());

    expect(taken).toEqual([true, false, false, true, false]);
    expect(spent).toBe(2);
  });
});
