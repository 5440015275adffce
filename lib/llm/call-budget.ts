import type { Clock } from '../ports.ts';

const HOUR_MS = 3_600_000;

export interface CallBudget {
  /** Takes one call from the budget; false when this hour's is spent. */
  take(): boolean;
}

/** At most `callsPerHour` calls in any clock hour of this process, each try one of them: a bound on what a flood of new patterns can cost. `onSpent` is told once an hour, of the first call refused. */
export function callBudget(clock: Clock, callsPerHour: number, onSpent: () => void = () => {}): CallBudget {
  let hour = Number.NaN;
  let taken = 0;
  let told = false;
  return {
    take() {
      const now = Math.floor(clock.now().getTime() / HOUR_MS);
      if (now !== hour) {
        hour = now;
        taken = 0;
        told = false;
      }
      if (taken >= callsPerHour) {
        if (!told) onSpent();
        told = true;
        return false;
      }
      taken += 1;
      return true;
    },
  };
}
