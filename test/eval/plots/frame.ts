/** Colours that people with any colour vision tell apart [Okabe & Ito], each with a dash of its own so that print does too. */
export const STROKES = [
  { colour: '#0072B2', dash: '' },
  { colour: '#D55E00', dash: '8 4' },
  { colour: '#009E73', dash: '2 3' },
  { colour: '#CC79A7', dash: '10 3 2 3' },
] as const;

const SIZE = { width: 560, height: 440, left: 64, right: 24, top: 72, bottom: 60 } as const;
const TICKS = [0, 0.2, 0.4, 0.6, 0.8, 1] as const;

/** Where a share (0-1) lies on the plot, in SVG units. */
export function xOf(share: number): number {
  return round(SIZE.left + share * (SIZE.width - SIZE.left - SIZE.right));
}
export function yOf(share: number): number {
  return round(SIZE.height - SIZE.bottom - share * (SIZE.height - SIZE.top - SIZE.bottom));
}

/** A whole SVG document: title, what it is of, both axes from 0 to 1 with their names, and what is drawn inside. */
export function plot(parts: {
  readonly title: string;
  readonly subtitle: string;
  readonly x: string;
  readonly y: string;
  readonly inside: readonly string[];
}): string {
  const { title, subtitle, x, y, inside } = parts;
  const { width, height, left, bottom } = SIZE;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(`${title}. ${subtitle}`)}" font-family="system-ui, sans-serif" font-size="13">
<rect width="${width}" height="${height}" fill="#ffffff"/>
<text x="${left}" y="28" font-size="17" font-weight="600" fill="#1a1a1a">${escapeXml(title)}</text>
<text x="${left}" y="50" fill="#4d4d4d">${escapeXml(subtitle)}</text>
${TICKS.map(gridLine).join('\n')}
<text x="${xOf(0.5)}" y="${height - bottom + 44}" text-anchor="middle" fill="#1a1a1a">${escapeXml(x)}</text>
<text transform="translate(20 ${yOf(0.5)}) rotate(-90)" text-anchor="middle" fill="#1a1a1a">${escapeXml(y)}</text>
${inside.join('\n')}
</svg>
`;
}

function gridLine(tick: number): string {
  return [
    `<line x1="${xOf(tick)}" y1="${yOf(0)}" x2="${xOf(tick)}" y2="${yOf(1)}" stroke="${tick === 0 ? '#666666' : '#e3e3e3'}"/>`,
    `<line x1="${xOf(0)}" y1="${yOf(tick)}" x2="${xOf(1)}" y2="${yOf(tick)}" stroke="${tick === 0 ? '#666666' : '#e3e3e3'}"/>`,
    `<text x="${xOf(tick)}" y="${yOf(0) + 18}" text-anchor="middle" fill="#4d4d4d">${tick.toFixed(1)}</text>`,
    `<text x="${xOf(0) - 8}" y="${yOf(tick) + 4}" text-anchor="end" fill="#4d4d4d">${tick.toFixed(1)}</text>`,
  ].join('');
}

/** A line through points of the plot (shares, 0-1). */
export function polyline(points: readonly (readonly [x: number, y: number])[], stroke: number): string {
  const { colour, dash } = STROKES[stroke % STROKES.length] ?? STROKES[0];
  const path = points.map(([x, y]) => `${xOf(x)},${yOf(y)}`).join(' ');
  return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2.5"${dash === '' ? '' : ` stroke-dasharray="${dash}"`}/>`;
}

/** Names of the lines, one under the other, their first at a place of the plot (shares, 0-1). */
export function legend(names: readonly string[], at: readonly [x: number, y: number]): string {
  const [x, y] = [xOf(at[0]), yOf(at[1])];
  const box = `<rect x="${x - 6}" y="${y - 14}" width="230" height="${names.length * 20 + 8}" fill="#ffffff" fill-opacity="0.85"/>`;
  const rows = names.map((name, row) => {
    const { colour, dash } = STROKES[row % STROKES.length] ?? STROKES[0];
    const middle = y + row * 20;
    return `<line x1="${x}" y1="${middle}" x2="${x + 34}" y2="${middle}" stroke="${colour}" stroke-width="2.5" stroke-dasharray="${dash}"/><text x="${x + 42}" y="${middle + 4}" fill="#1a1a1a">${escapeXml(name)}</text>`;
  });
  return [box, ...rows].join('\n');
}

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
