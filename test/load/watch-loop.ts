/** How an event loop fared since it was last asked, at its worst. */
export interface LoopReport {
  /** A timer came so much too late, whatever the reason: our code, or a machine with other things to do. */
  readonly lateMs: number;
  /** So long the thread computed without looking at its events: only our code and what it calls can do that. */
  readonly heldMs: number;
}

const INTERVAL_MS = 10;

/** Watches this thread's event loop. The time of processors tells what the thread did from what was done to it. */
export function watchLoop(): { take(): LoopReport } {
  let worst: LoopReport = { lateMs: 0, heldMs: 0 };
  let at = performance.now();
  let used = process.threadCpuUsage();
  const look = () => {
    const now = performance.now();
    const { user, system } = process.threadCpuUsage(used);
    const lateMs = Math.max(0, now - at - INTERVAL_MS);
    // What was computed between two looks may have been several callbacks; it is at most this.
    const heldMs = Math.min(lateMs, (user + system) / 1_000);
    worst = { lateMs: Math.max(worst.lateMs, lateMs), heldMs: Math.max(worst.heldMs, heldMs) };
    at = now;
    used = process.threadCpuUsage();
  };
  setInterval(look, INTERVAL_MS).unref();
  return {
    take() {
      const taken = worst;
      worst = { lateMs: 0, heldMs: 0 };
      return taken;
    },
  };
}
