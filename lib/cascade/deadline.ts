/** Time left for a whole call. */
export interface Deadline {
  /** Milliseconds; infinite where there is no deadline. */
  remainingMs(): number;
  /** Whether at least this much is left. */
  leaves(ms: number): boolean;
}

export function deadlineOf(remainingMs: (() => number) | undefined): Deadline {
  const remaining = remainingMs ?? (() => Number.POSITIVE_INFINITY);
  return { remainingMs: remaining, leaves: (ms) => remaining() >= ms };
}
