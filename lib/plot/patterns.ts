import type { Panel } from './bars.ts';
import type { PlotData } from './plot-data.ts';
import { COLOURS, fitText, formatCount, rect, text } from './svg.ts';

const HEAD = 34;
const ROW = 40;
const COUNT_WIDTH = 90;
const BAR_HEIGHT = 5;
const SCORE_WIDTH = 130;

/** The commonest patterns: how often, what they are, and the score where it makes them anomalies. */
export function patternsPanel(
  { patterns, threshold }: Pick<PlotData, 'patterns' | 'threshold'>,
  { x, y, width, most }: { x: number; y: number; width: number; most: number },
): Panel {
  const rows = patterns.slice(0, most);
  const largest = Math.max(...rows.map(({ count }) => count), 1);
  const body = x + COUNT_WIDTH;
  const bodyWidth = width - COUNT_WIDTH - SCORE_WIDTH;
  const drawn = rows.map(({ pattern, count, category, score }, index) => {
    const top = y + HEAD + index * ROW;
    const isAnomaly = score >= threshold;
    const fill = isAnomaly ? COLOURS.anomaly : COLOURS.ordinary;
    const label = `${category}: `;
    return [
      text(body - 10, top + 15, formatCount(count), { size: 14, anchor: 'end' }),
      text(body, top + 15, fitText(label + pattern, 13, bodyWidth), { size: 13 }),
      rect(body, top + 22, (count / largest) * bodyWidth, BAR_HEIGHT, fill),
      // Said in words too, for who sees no difference in the colours.
      isAnomaly
        ? text(x + width - 10, top + 15, `anomaly ${score.toFixed(2)}`, {
            size: 13,
            anchor: 'end',
            fill: '#a34700',
            bold: true,
          })
        : text(x + width - 10, top + 15, score.toFixed(2), { size: 13, anchor: 'end', fill: COLOURS.faint }),
    ].join('');
  });
  const heads = text(x + width - 10, y + 16, 'score', { size: 13, anchor: 'end', fill: COLOURS.faint });
  return {
    height: HEAD + Math.max(rows.length, 1) * ROW,
    svg: text(x, y + 16, 'Top patterns (records of each)', { size: 16, bold: true }) + heads + drawn.join(''),
  };
}
