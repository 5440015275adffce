import type { Clock } from '../ports.ts';

/** Keeps calls away from a service that keeps failing. */
export interface CircuitBreaker {
  /** False while open. Once the pause is over one call may try; its outcome opens or closes the breaker. Where it tells nothing, the next may try a pause later. */
  allows(): boolean;
  succeeded(): void;
  failed(): void;
}

/** Opens after `failures` failed calls in a row, for `pauseMs`; a trial that fails opens it again. */
export function circuitBreaker(clock: Clock, options: { failures: number; pauseMs: number }): CircuitBreaker {
  let failuresInRow = 0;
  let openUntil = 0;
  return {
    allows() {
      const now = clock.now().getTime();
      if (failuresInRow < options.failures) return true;
      if (now < openUntil) return false;
      openUntil = now + options.pauseMs;
      return true;
    },
    succeeded() {
      failuresInRow = 0;
    },
    failed() {
      failuresInRow += 1;
      openUntil = clock.now().getTime() + options.pauseMs;
    },
  };
}
