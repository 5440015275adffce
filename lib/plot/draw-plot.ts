import { UNCLASSIFIED } from '../domain/verdict.ts';
import { barsPanel, type Panel } from './bars.ts';
import { coursePanel } from './course.ts';
import { patternsPanel } from './patterns.ts';
import type { PlotData } from './plot-data.ts';
import { COLOURS, escapeXml, FONT, fitText, formatMany, formatShare, isDrawn, text } from './svg.ts';

const WIDTH = 1200;
const MARGIN = 36;
const INNER = WIDTH - 2 * MARGIN;
const TITLE = 84;
const GAP = 30;
const CATEGORIES = 14;
const PATTERNS = 12;

/**
 * A plot as an SVG document: categories, stages, anomalies along the way, top patterns. The same data give the same text.
 * `forPng`: it will be drawn in FONT alone, and says so where that lacks characters.
 */
export function drawPlot(data: PlotData, { forPng = false } = {}): string {
  const panels: ((y: number) => Panel)[] = [
    (y) =>
      barsPanel('Categories (records)', data.byCategory, {
        x: MARGIN,
        y,
        width: INNER,
        labelWidth: 220,
        most: CATEGORIES,
        quiet: [UNCLASSIFIED],
      }),
    (y) =>
      barsPanel('Stages that settled the category (records)', data.byStage, {
        x: MARGIN,
        y,
        width: INNER,
        labelWidth: 220,
        most: 6,
        quiet: ['none'],
      }),
    ...courseDrawer(data),
    (y) => patternsPanel(data, { x: MARGIN, y, width: INNER, most: PATTERNS }),
  ];
  let y = MARGIN + TITLE;
  const drawn = panels.map((draw) => {
    const { svg, height } = draw(y);
    y += height + GAP;
    return svg;
  });
  const note = forPng && !textsOf(data).every(isDrawn) ? text(MARGIN, y, BOXES, { size: 13, fill: COLOURS.faint }) : '';
  return documentOf(data, note === '' ? y : y + GAP, heading(data) + drawn.join('') + note);
}

const BOXES =
  'Boxes stand for characters that this picture’s font lacks. As SVG (Accept: image/svg+xml) your viewer draws them.';

function textsOf({ name, byCategory, patterns }: PlotData): readonly string[] {
  return [name, ...Object.keys(byCategory), ...patterns.slice(0, PATTERNS).map(({ pattern }) => pattern)];
}

function courseDrawer({ course }: PlotData): readonly ((y: number) => Panel)[] {
  return course === undefined ? [] : [(y) => coursePanel(course, { x: MARGIN, y, width: INNER })];
}

function heading(data: PlotData): string {
  const { name, records, anomalies, notRead, threshold } = data;
  const facts = [
    formatMany(records, 'record', 'records'),
    `${formatMany(anomalies, 'anomaly', 'anomalies')} (${formatShare(anomalies, records)}) at a score of ${threshold} or more`,
    ...(notRead === 0 ? [] : [`${formatMany(notRead, 'row', 'rows')} not read`]),
  ].join(' · ');
  return (
    text(MARGIN, MARGIN + 24, fitText(name, 24, INNER), { size: 24, bold: true }) +
    text(MARGIN, MARGIN + 52, facts, { size: 15, fill: COLOURS.faint })
  );
}

function documentOf(data: PlotData, height: number, body: string): string {
  const counts = `${formatMany(data.records, 'record', 'records')}, ${formatMany(data.anomalies, 'anomaly', 'anomalies')}`;
  const told = escapeXml(`${data.name}: ${counts}`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" font-family="${FONT}, Verdana, Arial, sans-serif">`,
    `<title>${told}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    body,
    '</svg>',
  ].join('\n');
}
