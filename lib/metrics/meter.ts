import type { Meter } from '../ports.ts';
import { BUCKETS_MS, isFamily } from './families.ts';

/** Series of a process between two flushes; a bug that invents labels ends here and not in the table. */
const SERIES = 2_000;
const LABEL = /^[^|\p{Cc}]{1,120}$/u;

/** Separates the parts of a series: metric, labels, and what of a histogram it is. */
export const SEPARATOR = '|';

export interface ProcessMeter extends Meter {
  /** What was counted since it was last drained. */
  drain(): ReadonlyMap<string, number>;
}

/** Counts in memory. Microseconds and millionths, so that every sum is whole. */
export function openMeter(): ProcessMeter {
  let sums = new Map<string, number>();
  const add = (metric: string, labels: readonly string[], rest: readonly string[], by: number) => {
    if (!isFamily(metric)) throw new RangeError(`no metric ${metric}`);
    const named = labels.map((label) => (LABEL.test(label) ? label : 'other'));
    const series = [metric, ...named, ...rest].join(SEPARATOR);
    if (sums.size >= SERIES && !sums.has(series)) return;
    sums.set(series, (sums.get(series) ?? 0) + by);
  };
  return {
    count: (metric, labels, by = 1) => {
      if (by !== 0) add(metric, labels, [], Math.round(by));
    },
    observeMs: (metric, labels, ms) => {
      const bucket = BUCKETS_MS.findIndex((end) => ms <= end);
      add(metric, labels, [`b${bucket < 0 ? BUCKETS_MS.length : bucket}`], 1);
      add(metric, labels, ['us'], Math.round(ms * 1_000));
    },
    drain: () => {
      const drained = sums;
      sums = new Map();
      return drained;
    },
  };
}
