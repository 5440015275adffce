import { LIMITS } from '../../lib/domain/limits.ts';
import { clock, openPorts } from '../ports.ts';

/** When an answer is due, from now, and the threshold that holds where a request names none. */
export function openDeadline() {
  const dueAt = clock.now().getTime() + LIMITS.classifyDeadlineMs;
  return {
    anomalyThreshold: openPorts().config.ANOMALY_THRESHOLD,
    remainingMs: () => dueAt - clock.now().getTime(),
  };
}
