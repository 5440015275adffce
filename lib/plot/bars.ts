import { COLOURS, fitText, formatCount, formatShare, line, rect, text } from './svg.ts';

/** A part of the plot: what is drawn, and how high it is. */
export interface Panel {
  readonly height: number;
  readonly svg: string;
}

const ROW = 26;
const HEAD = 34;
const VALUE_WIDTH = 150;
const SIZE = 14;

/** Counts by name as horizontal bars, largest first, each with its count and share; what is beyond `most` is summed up. */
export function barsPanel(
  title: string,
  counts: Readonly<Record<string, number>>,
  box: { x: number; y: number; width: number; labelWidth: number; most: number; quiet: readonly string[] },
): Panel {
  const { x, y, width, labelWidth, most, quiet } = box;
  const rows = topCounts(counts, most);
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const largest = Math.max(...rows.map(([, count]) => count), 1);
  const barWidth = width - labelWidth - VALUE_WIDTH - 10;
  const drawn = rows.map(([name, count], index) => {
    const top = y + HEAD + index * ROW;
    const fill = quiet.includes(name) ? COLOURS.quiet : COLOURS.ordinary;
    const length = (count / largest) * barWidth;
    return [
      text(x + labelWidth - 8, top + 17, fitText(name, SIZE, labelWidth - 8), { size: SIZE, anchor: 'end' }),
      rect(x + labelWidth, top + 3, length, ROW - 8, fill),
      text(x + labelWidth + length + 8, top + 17, `${formatCount(count)} (${formatShare(count, total)})`, { size: 13 }),
    ].join('');
  });
  const axis = line(x + labelWidth, y + HEAD, x + labelWidth, y + HEAD + rows.length * ROW);
  return {
    height: HEAD + Math.max(rows.length, 1) * ROW,
    svg: text(x, y + 16, title, { size: 16, bold: true }) + axis + drawn.join(''),
  };
}

function topCounts(counts: Readonly<Record<string, number>>, most: number): readonly (readonly [string, number])[] {
  const sorted = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort(([one, first], [other, second]) => second - first || (one < other ? -1 : 1));
  if (sorted.length <= most) return sorted;
  const rest = sorted.slice(most - 1);
  const sum = rest.reduce((total, [, count]) => total + count, 0);
  return [...sorted.slice(0, most - 1), [`${rest.length} others`, sum]];
}
