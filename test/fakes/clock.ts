import type { Clock } from '../../lib/ports.ts';

/** A clock that stands still until it is moved on. */
export function fakeClock(start = '2026-03-01T10:00:00.000Z'): Clock & { advance(ms: number): void } {
  let time = new Date(start).getTime();
  return {
    now: () => new Date(time),
    advance: (ms) => {
      time += ms;
    },
  };
}
