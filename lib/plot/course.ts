import type { Panel } from './bars.ts';
import type { Course, CourseBin } from './plot-data.ts';
import { COLOURS, formatCount, line, rect, text } from './svg.ts';

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

const HEAD = 34;
const ANOMALIES_HEIGHT = 120;
const RECORDS_HEIGHT = 60;
const GAP = 26;
const AXIS = 44;
const LABELS = 70;
const X_TICKS = 6;

/** Anomalies in each stretch of time (or of rows), and below, on a scale of its own, how many records there were. */
export function coursePanel({ unit, bins }: Course, box: Box): Panel {
  const { x, y, width } = box;
  const left = x + LABELS;
  const plot = { left, width: width - LABELS - 10 };
  const anomaliesTop = y + HEAD;
  const recordsTop = anomaliesTop + ANOMALIES_HEIGHT + GAP;
  const foot = recordsTop + RECORDS_HEIGHT;
  const each = binLength(unit, bins[0]);
  const title = unit === 'time' ? 'Anomalies over time' : 'Anomalies in the order of the rows';
  return {
    height: HEAD + ANOMALIES_HEIGHT + GAP + RECORDS_HEIGHT + AXIS,
    svg: [
      text(x, y + 16, title, { size: 16, bold: true }),
      text(x + width - 10, y + 16, `each bar: ${each}`, { size: 13, anchor: 'end', fill: COLOURS.faint }),
      columns(bins, ({ anomalies }) => anomalies, {
        ...plot,
        top: anomaliesTop,
        height: ANOMALIES_HEIGHT,
        fill: COLOURS.anomaly,
      }),
      text(left, recordsTop - 7, 'all records', { size: 12, fill: COLOURS.faint }),
      columns(bins, ({ records }) => records, {
        ...plot,
        top: recordsTop,
        height: RECORDS_HEIGHT,
        fill: COLOURS.quiet,
      }),
      xTicks(unit, bins, { ...plot, foot }),
    ].join(''),
  };
}

interface Columns {
  readonly left: number;
  readonly width: number;
  readonly top: number;
  readonly height: number;
  readonly fill: string;
}

function columns(bins: readonly CourseBin[], countOf: (bin: CourseBin) => number, area: Columns): string {
  const { left, width, top, height, fill } = area;
  const largest = niceCeiling(Math.max(...bins.map(countOf), 1));
  const step = width / bins.length;
  const bars = bins.map((bin, index) => {
    const tall = (countOf(bin) / largest) * height;
    return tall === 0 ? '' : rect(left + index * step, top + height - tall, Math.max(step - 1, 1), tall, fill);
  });
  const ticks = [0, largest / 2, largest].filter((tick) => Number.isInteger(tick));
  const scale = ticks.map((tick) => {
    const at = top + height - (tick / largest) * height;
    return line(left, at, left + width, at) + text(left - 8, at + 4, formatCount(tick), { size: 12, anchor: 'end' });
  });
  return scale.join('') + bars.join('');
}

/** The next of 1, 2, 3, 4, 6, 8, 10, 20, … */
function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 3, 4, 6, 8, 10].map((factor) => factor * power).find((nice) => nice >= value) ?? value;
}

function xTicks(
  unit: Course['unit'],
  bins: readonly CourseBin[],
  { left, width, foot }: { left: number; width: number; foot: number },
): string {
  const labels = unit === 'rows' && bins.length <= X_TICKS ? rowLabels(bins) : spanLabels(unit, bins);
  const drawn = labels.map(({ at, label, anchor }) => text(left + width * at, foot + 18, label, { size: 12, anchor }));
  const name = unit === 'time' ? 'time (UTC)' : 'row';
  return drawn.join('') + text(left + width / 2, foot + 36, name, { size: 12, anchor: 'middle', fill: COLOURS.faint });
}

interface TickLabel {
  /** 0-1, of the axis. */
  readonly at: number;
  readonly label: string;
  readonly anchor: 'start' | 'middle' | 'end';
}

/** Of a few rows each has its number under its bar. */
function rowLabels(bins: readonly CourseBin[]): readonly TickLabel[] {
  return bins.map(({ from }, index) => ({
    at: (index + 0.5) / bins.length,
    label: formatCount(from),
    anchor: 'middle',
  }));
}

function spanLabels(unit: Course['unit'], bins: readonly CourseBin[]): readonly TickLabel[] {
  const first = bins[0]?.from ?? 0;
  const end = bins.at(-1)?.to ?? 1;
  const last = unit === 'rows' ? end - 1 : end;
  return Array.from({ length: X_TICKS }, (_, index) => {
    const share = index / (X_TICKS - 1);
    const value = first + (last - first) * share;
    return {
      at: share,
      label: unit === 'time' ? formatTime(value, last - first) : formatCount(value),
      anchor: index === 0 ? 'start' : index === X_TICKS - 1 ? 'end' : 'middle',
    };
  });
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** As much of the time as tells the ticks of a span apart. */
function formatTime(at: number, span: number): string {
  const iso = new Date(at).toISOString();
  if (span > 20 * DAY) return iso.slice(0, 10);
  if (span > 10 * MINUTE) return `${iso.slice(5, 10)} ${iso.slice(11, 16)}`;
  return iso.slice(11, span > MINUTE ? 19 : 23);
}

function binLength(unit: Course['unit'], bin: CourseBin | undefined): string {
  const length = bin === undefined ? 0 : bin.to - bin.from;
  if (unit === 'rows') return length === 1 ? '1 row' : `${formatCount(length)} rows`;
  const units = [
    ['d', DAY],
    ['h', 60 * MINUTE],
    ['min', MINUTE],
    ['s', 1000],
  ] as const;
  const [name, ms] = units.find(([, each]) => length >= each * 2) ?? ['ms', 1];
  return `${formatCount(length / ms)} ${name}`;
}
