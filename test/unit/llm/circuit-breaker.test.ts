import { describe, expect, it } from 'vitest';
import { callBudget } from '../../../lib/llm/call-budget.ts';
import { circuitBreaker } from '../../../lib/llm/circuit-breaker.ts';
import { fakeClock } from '../../fakes/clock.ts';

describe('circuitBreaker', () => {
  it('stays closed until failures come in a row', () => {
    const breaker = circuitBreaker(fakeClock(), { failures: 2, pauseMs: 1000 });

    breaker.failed();
    breaker.succeeded();
    breaker.failed();

    expect(breaker.allows()).toBe(true);
  });

  it('opens after failures in a row and lets one call try when the pause is over', () => {
    const clock = fakeClock();
    const breaker = circuitBreaker(clock, { failures: 2, pauseMs: 1000 });
    breaker.failed();
    breaker.failed();

    const whileOpen = breaker.allows();
    clock.advance(1000);
    const trials = [breaker.allows(), breaker.allows()];

    expect(whileOpen).toBe(false);
    expect(trials).toEqual([true, false]);
  });

  it('closes when the trial succeeds and opens again when it fails', () => {
    const clock = fakeClock();
    const breaker = circuitBreaker(clock, { failures: 1, pauseMs: 1000 });
    breaker.failed();
    clock.advance(1000);
    breaker.allows();

    breaker.failed();
    const afterFailedTrial = breaker.allows();
    clock.advance(1000);
    breaker.allows();
    breaker.succeeded();

    expect(afterFailedTrial).toBe(false);
    expect(breaker.allows()).toBe(true);
  });
});

describe('callBudget', () => {
  it('gives so many calls an hour and starts anew with the next', () => {
    const clock = fakeClock();
    const budget = callBudget(clock, 2);

    const thisHour = [budget.take(), budget.take(), budget.take()];
    clock.advance(3_600_000);

    expect(thisHour).toEqual([true, true, false]);
    expect(budget.take()).toBe(true);
  });
});
