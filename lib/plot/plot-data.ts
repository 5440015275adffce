/** A run of records: of a stretch of time (epoch milliseconds), or of rows. `to` is exclusive. */
export interface CourseBin {
  readonly from: number;
  readonly to: number;
  readonly records: number;
  readonly anomalies: number;
}
export interface Course {
  readonly unit: 'time' | 'rows';
  readonly bins: readonly CourseBin[];
}

/** Everything that a plot shows. Texts are customers' and are escaped where they are drawn. */
export interface PlotData {
  /** What was judged: a job's name, or how many records were sent. */
  readonly name: string;
  /** The anomaly threshold that everything is read under. */
  readonly threshold: number;
  readonly records: number;
  readonly notRead: number;
  readonly anomalies: number;
  readonly byCategory: Readonly<Record<string, number>>;
  readonly byStage: Readonly<Record<string, number>>;
  /** Absent where the order of the records is not known. */
  readonly course?: Course;
  /** Commonest first. */
  readonly patterns: readonly {
    readonly pattern: string;
    readonly count: number;
    readonly category: string;
    readonly score: number;
  }[];
}

/** A record's place and time, and whether it is an anomaly. */
export interface CoursePoint {
  readonly row: number;
  /** Epoch milliseconds, where the record says. */
  readonly at?: number;
  readonly isAnomaly: boolean;
}

const BINS = 60;
/** Where fewer records say when they were, their order is shown in place of the time. */
const LEAST_TIMED = 0.8;

/** Points gathered into bins of equal length: by time where most records say when, else by row. */
export function courseOf(points: readonly CoursePoint[]): Course | undefined {
  const timed = points.flatMap(({ at, isAnomaly }) => (at === undefined ? [] : [{ at, isAnomaly }]));
  const byTime = timed.length >= points.length * LEAST_TIMED ? binned(timed, 1) : undefined;
  if (byTime !== undefined && byTime.length > 1) return { unit: 'time', bins: byTime };
  const byRow = binned(
    points.map(({ row, isAnomaly }) => ({ at: row, isAnomaly })),
    1,
  );
  return byRow === undefined ? undefined : { unit: 'rows', bins: byRow };
}

function binned(
  points: readonly { readonly at: number; readonly isAnomaly: boolean }[],
  least: number,
): readonly CourseBin[] | undefined {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { at } of points) {
    first = Math.min(first, at);
    last = Math.max(last, at);
  }
  if (points.length === 0) return undefined;
  const width = Math.max(Math.ceil((last + 1 - first) / BINS), least);
  const bins = Array.from({ length: Math.ceil((last + 1 - first) / width) }, (_, index) => ({
    from: first + index * width,
    to: first + (index + 1) * width,
    records: 0,
    anomalies: 0,
  }));
  for (const { at, isAnomaly } of points) {
    const bin = bins[Math.floor((at - first) / width)];
    if (bin === undefined) continue;
    bin.records += 1;
    if (isAnomaly) bin.anomalies += 1;
  }
  return bins;
}

/** Below each number a time since 1970 is taken to be in this unit: it ends in the year 5138. */
const UNITS = [
  { below: 1e11, perMs: 1e-3 },
  { below: 1e14, perMs: 1 },
  { below: 1e17, perMs: 1e3 },
];
const NANOSECONDS_PER_MS = 1e6;

/** Epoch milliseconds of a record's timestamp: ISO 8601 and what Date.parse reads, or seconds to nanoseconds since 1970. */
export function readTime(timestamp: string | undefined): number | undefined {
  if (timestamp === undefined || timestamp.length > 40) return undefined;
  const text = timestamp.trim();
  if (/^\d{9,19}(\.\d{1,9})?$/.test(text)) {
    const number = Number(text);
    const { perMs } = UNITS.find(({ below }) => number < below) ?? { perMs: NANOSECONDS_PER_MS };
    return Math.round(number / perMs);
  }
  // Without a zone a time is taken for UTC, so that a plot is the same on every machine.
  const zoned = /^\d{4}-\d\d-\d\d[ T][\d:.,]+$/.test(text) ? `${text.replace(' ', 'T').replace(',', '.')}Z` : text;
  const at = /^\d{4}-\d\d-\d\d/.test(zoned) ? Date.parse(zoned) : Number.NaN;
  return Number.isFinite(at) ? at : undefined;
}
